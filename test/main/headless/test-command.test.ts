/** `hookyard test <folder>` as people and build servers call it: real processes, real files, exit codes. */
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { runTestCommand } from '../../../src/main/headless/test-command.ts';
import { type CaseFile, caseSchema, writeCase } from '../../../src/shared/model/case.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

const root = resolve(import.meta.dirname, '../../..');
const samples = join(root, 'resources/samples/cases');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const parts = {
  version: 'test',
  files: {
    storeWriter: new URL('../../../src/main/store-writer.ts', import.meta.url),
    sandboxWorker: new URL('../../../src/main/sandbox-worker.ts', import.meta.url),
    samples: new URL('../../../resources/samples/', import.meta.url),
  },
};

/** The command in this process. */
async function hookyard(...args: readonly string[]): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  const code = await runTestCommand(parts, args, {
    result: (text) => void (said.stdout += text),
    fault: (text) => void (said.stderr += text),
  });
  return { code, ...said };
}

/** The command as a process of its own. */
function spawnHookyard(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [join(root, 'src/main/headless.ts'), 'test', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.stderr += text));
  return new Promise((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done({ code, ...said }));
  });
}

function tempFolder(): string {
  const temp = makeTempDir();
  onTestFinished(() => temp.remove());
  return temp.path;
}

function sample(name: string): CaseFile {
  return caseSchema.parse(JSON.parse(readFileSync(join(samples, name), 'utf8')));
}

function write(folder: string, file: string, content: CaseFile): string {
  const path = join(folder, file);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, writeCase(content));
  return path;
}

const reportSchema = z.object({
  passed: z.number(),
  failed: z.number(),
  broken: z.number(),
  cases: z.array(
    z.object({
      file: z.string(),
      status: z.string(),
      message: z.string().nullable(),
      differences: z.array(z.object({ where: z.string(), path: z.string(), sentence: z.string() })),
    }),
  ),
});

const invoice = (): CaseFile => sample('invoice-an-order.case.json');

describe('the samples', () => {
  it('pass in a process of their own, with a line each and exit code 0', async () => {
    const { code, stdout, stderr } = await spawnHookyard(samples);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('ok       order-intake.case.json  An order comes in');
    expect(stdout).toMatch(/3 passed in \d+\.\d s\n$/);
  });
});

describe('a case', () => {
  let report: z.infer<typeof reportSchema>;
  let code: number | null;
  const of = (file: string) => report.cases.find((one) => one.file === file);

  beforeAll(async () => {
    const temp = makeTempDir();
    const folder = temp.path;
    const base = invoice();
    const nodes = base.workflow.nodes;
    const withConfig = (id: string, config: Record<string, unknown>): CaseFile => ({
      ...base,
      workflow: {
        ...base.workflow,
        nodes: nodes.map((node) =>
          node.id === id ? { ...node, config: { ...node.config, ...config } } : node,
        ),
      },
    });
    write(folder, 'a/other-output.case.json', withConfig('answer', { fields: { invoice: 'INV-8' } }));
    const body = { amount: 1 };
    write(folder, 'a/other-call.case.json', withConfig('invoice', { body }));
    write(folder, 'b/no-stub.case.json', { ...base, stubs: {} });
    write(folder, 'b/bad-workflow.case.json', withConfig('answer', { fields: { x: '{{steps.' } }));
    const wait = {
      waitWhenReached: true,
      style: 'native',
      auth: { scheme: 'none' },
      response: { mode: 'minimal' },
    };
    const waiting: CaseFile = {
      ...base,
      workflow: {
        ...base.workflow,
        nodes: [
          nodes[0] ?? { id: '', type: '', name: '', position: { x: 0, y: 0 }, config: {} },
          { id: 'wait', type: 'webhook', name: 'Paid', position: { x: 0, y: 0 }, config: wait },
          {
            id: 'end',
            type: 'set',
            name: 'End',
            position: { x: 0, y: 0 },
            config: { fields: { paid: '{{steps.wait.output.payload.paid}}' } },
          },
        ],
        edges: [
          { source: 'hook', target: 'wait' },
          { source: 'wait', target: 'end' },
        ],
      },
      stubs: {},
      deliveries: [
        {
          nodeId: 'wait',
          method: 'POST',
          query: '',
          headers: [['Content-Type', 'application/json']],
          body: { encoding: 'utf8', data: '{"paid":true}' },
        },
      ],
      expect: {
        response: null,
        run: { status: 'succeeded' },
        steps: [
          { nodeId: 'hook', status: 'succeeded', ignore: [] },
          { nodeId: 'wait', status: 'succeeded', ignore: [] },
          { nodeId: 'end', status: 'succeeded', output: { paid: true }, ignore: [] },
        ],
      },
    };
    write(folder, 'c/delivery.case.json', waiting);
    write(folder, 'c/no-delivery.case.json', { ...waiting, deliveries: [] });
    const order = sample('order-intake.case.json');
    const place = { x: 0, y: 0 };
    write(folder, 'c/world.case.json', {
      ...order,
      workflow: {
        ...order.workflow,
        nodes: [
          ...order.workflow.nodes,
          { id: 'call', type: 'workflow', name: 'Call', position: place, config: { workflow: 'another' } },
          { id: 'ask', type: 'approval', name: 'Ask', position: place, config: { title: 'Pay {{run.id}}?' } },
          {
            id: 'find',
            type: 'record.find',
            name: 'Find',
            position: place,
            config: { entity: 'InventoryModel' },
          },
        ],
        edges: [
          ...order.workflow.edges,
          { source: 'hook', target: 'call' },
          { source: 'call', target: 'ask' },
          { source: 'ask', target: 'find' },
        ],
      },
      stubs: {
        call: [{ output: { status: 'succeeded' } }],
        ask: [{ output: { approved: true } }],
        find: [{ output: { items: [] } }],
      },
      expect: {
        ...order.expect,
        response: null,
        steps: [
          ...order.expect.steps,
          { nodeId: 'call', status: 'succeeded', ignore: [] },
          {
            nodeId: 'ask',
            status: 'succeeded',
            input: { title: '', message: '' },
            ignore: ['$.input.title'],
          },
          { nodeId: 'find', status: 'succeeded', ignore: [] },
        ],
      },
    });
    const days = withConfig('pause', { seconds: 30 * 86_400 });
    const { response: _response, ...rest } = base.expect;
    write(folder, 'c/a-month.case.json', { ...days, expect: { ...rest, response: null } });
    const ended = await hookyard(folder, '--json');
    temp.remove();
    code = ended.code;
    report = reportSchema.parse(JSON.parse(ended.stdout));
  }, 60_000);

  it('that gives something else fails, and says which step, which path, what was expected and what came', () => {
    expect(code).toBe(1);
    expect(of('a/other-output.case.json')).toMatchObject({ status: 'failed', message: null });
    expect(of('a/other-output.case.json')?.differences.map(({ sentence }) => sentence)).toEqual([
      'answer: $.invoice: expected "INV-7", got "INV-8"',
      'step "answer" (Answer): $.output.invoice: expected "INV-7", got "INV-8"',
    ]);
  });

  it('sees what an outward step would have sent', () => {
    expect(of('a/other-call.case.json')?.differences.map(({ path }) => path)).toContain(
      '$.input.body.amount',
    );
  });

  it('calls nobody, even where it knows no recorded answer', () => {
    const { status, differences = [] } = of('b/no-stub.case.json') ?? {};
    expect(status).toBe('failed');
    expect(differences.map(({ sentence }) => sentence)).toContain(
      'step "invoice" (Make an invoice): error: expected nothing, got "step_failed"',
    );
  });

  it('whose workflow can not go live says why', () => {
    const { message } = of('b/bad-workflow.case.json') ?? {};
    expect(message).toMatch(/^The workflow can not go live: .*nodes\[3\]\.config\.fields/);
  });

  it('gives a waiting run its deliveries, and says where one is missing', () => {
    expect(of('c/delivery.case.json')).toMatchObject({ status: 'passed', differences: [] });
    expect(of('c/no-delivery.case.json')?.message).toBe(
      'The run waits at "Paid", and the case has no delivery for it.',
    );
  });

  it('asks nobody, runs no other workflow and reads no rows, but takes what is recorded', () => {
    expect(of('c/world.case.json')).toMatchObject({ status: 'passed', message: null, differences: [] });
  });

  it('does not wait for pauses, be they a month', () => {
    expect(of('c/a-month.case.json')).toMatchObject({ status: 'passed', differences: [] });
  });
});

describe('the command', () => {
  it('writes what came into the file, leaves what is ignored, and passes from then on', async () => {
    const folder = tempFolder();
    const base = sample('order-intake.case.json');
    const changed = {
      ...base,
      expect: { ...base.expect, run: { status: 'failed' as const, error: 'step_failed' } },
    };
    const path = write(folder, 'x.case.json', changed);
    const first = await hookyard(folder, '--update');
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toContain('updated  x.case.json');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(JSON.parse(writeCase(base)));
    expect((await hookyard(folder)).stdout).toContain('1 passed');
  });

  it('runs those whose path or name has the text', async () => {
    const folder = tempFolder();
    cpSync(samples, join(folder, 'cases'), { recursive: true });
    const { code, stdout } = await hookyard(folder, '--filter', 'WITHOUT an');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok {7}cases\/order-without-amount\.case\.json .*\n1 passed/);
  });

  it('ends with 2 for a file that is no case, and still runs the others', async () => {
    const folder = tempFolder();
    writeFileSync(join(folder, 'broken.case.json'), '{"format":"hookyard-case/1","nam":"x"}');
    write(folder, 'good.case.json', sample('order-without-amount.case.json'));
    const { code, stdout } = await hookyard(folder);
    expect(code).toBe(2);
    expect(stdout).toMatch(/BROKEN {3}broken\.case\.json .*\n +It is no case: /);
    expect(stdout).toContain('1 passed, 1 broken');
  });

  it.each([
    { args: [], said: 'Name one folder: hookyard test <folder>.' },
    { args: ['a', 'b'], said: 'Name one folder: hookyard test <folder>.' },
    { args: ['.', '--speed'], said: "Unknown option '--speed'." },
    { args: ['.', '--timeout', 'soon'], said: '--timeout must be a number of seconds.' },
    { args: ['/nowhere/at/all'], said: 'The folder /nowhere/at/all can not be read.' },
  ])('ends with 2 and one line for $args', async ({ args, said }) => {
    expect(await hookyard(...args)).toEqual({ code: 2, stdout: '', stderr: `hookyard: ${said}\n` });
  });

  it('gives up a case that takes too long', async () => {
    const folder = tempFolder();
    const base = sample('order-intake.case.json');
    write(folder, 'slow.case.json', base);
    const { code, stdout } = await hookyard(folder, '--timeout', '0.001');
    expect(code).toBe(1);
    expect(stdout).toContain('It took longer than 0.001 s.');
  });
});
