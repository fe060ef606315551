/**
 * The headless host as it is shipped: out/main run by plain Node. The sources are tried elsewhere; here it is shown that
 * the build finds its workers, its sandbox, its page and its samples, and keeps the exit codes of SPEC 1.
 */
import { createServer, type AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { startHost, startRefused, type TestHost } from '../support/host.ts';
import { makeTempDir, type TempDir } from '../support/temp-dir.ts';
import { callV1 } from '../support/v1.ts';

test.describe('the built headless host', () => {
  let folder: TempDir;
  let host: TestHost;

  test.beforeEach(async () => {
    folder = makeTempDir();
    host = await startHost({ folder: folder.path, program: 'built' });
  });

  test.afterEach(async () => {
    await host.kill9();
    folder.remove();
  });

  test('runs code in its sandbox and answers with what came out', async () => {
    const made = await callV1(host.receiver, 'POST', '/v1/workflows?activate=true', {
      name: 'Sandboxed',
      slug: 'sandboxed',
      nodes: [
        {
          id: 'hook',
          type: 'webhook',
          config: { style: 'native', auth: { scheme: 'none' }, response: { mode: 'lastNode' } },
        },
        { id: 'sum', type: 'transform', config: { expression: '{"sum": $sum(trigger.data.items)}' } },
        {
          id: 'double',
          type: 'code',
          config: { code: 'return { double: input.steps.sum.output.sum * 2, host: typeof process };' },
        },
      ],
      edges: [
        { source: 'hook', target: 'sum' },
        { source: 'sum', target: 'double' },
      ],
    });
    expect(made.status, JSON.stringify(made.body)).toBeLessThan(300);
    const answer = await fetch(`${host.receiver}/hooks/sandboxed`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ items: [1, 2, 18] }),
    });
    expect(await answer.json()).toEqual({ double: 42, host: 'undefined' });
  });

  test('serves the interface on the admin port only', async () => {
    const admin = new URL(host.ready.admin ?? '');
    const page = await fetch(new URL('/', admin));
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<title>Hookyard</title>');
    expect((await fetch(host.receiver)).status).toBe(404);
  });

  test('stops in order when told, with code 0', async () => {
    expect(await host.stop()).toBe(0);
  });

  test('refuses an unknown option with code 2 and one clear line', async () => {
    const { code, stdout, stderr } = await startRefused({
      folder: folder.path,
      program: 'built',
      options: ['--colour', 'blue'],
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain('--colour');
  });

  test('refuses a data folder in use with code 3', async () => {
    const { code, stdout } = await startRefused({ folder: folder.path, program: 'built' });
    expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  });

  test('refuses a port in use with code 4', async () => {
    const other = createServer();
    await new Promise<void>((done) => other.listen(0, '127.0.0.1', done));
    const { port } = other.address() as AddressInfo;
    using elsewhere = makeTempDir();
    const options = ['--port', String(port)];
    const { code, stdout } = await startRefused({ folder: elsewhere.path, program: 'built', options });
    other.close();
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
  });
});
