/**
 * The app of one regression test: a data folder of its own that is gone afterwards, a free port, the case's clock, and
 * stubs for whatever would act on the world. Nothing one case leaves is seen by another.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { namedSecretPlace } from '../base/vault.ts';
import { newId, newSecret } from '../base/ids.ts';
import type { Logger } from '../base/logger.ts';
import type { CaseFile, CaseStub } from '../../shared/model/case.ts';
import { documentSchema, slugify, type WorkflowDocument } from '../../shared/model/document.ts';
import { createApp, type App, type AppFiles, type AppOptions } from '../app.ts';
import { isOutside, type StubSource } from '../engine/stubs.ts';
import { createTestClock, type TestClock } from './test-clock.ts';

/** What the entry knows of the build. */
export interface TestParts {
  readonly version: string;
  readonly files: AppFiles;
}

export interface TestHost {
  /** `http://127.0.0.1:<port>` */
  readonly origin: string;
  /** An API token with every scope. */
  readonly token: string;
  readonly clock: TestClock;
  close(): Promise<void>;
}

const missingStub: CaseStub = {
  error: {
    code: 'step_failed',
    message: 'This step depends on the world, and the case says nothing of how it ended.',
  },
};

/** The recorded ends, each execution of a step taking the next; the last one stands for all that follow. */
function stubsOf({ stubs, expect }: CaseFile): StubSource {
  const turns = new Map<string, number[]>();
  const shown = new Set(expect.steps.flatMap((step) => (step.input === undefined ? [] : [step.nodeId])));
  return ({ nodeId, kind, stepSeq }) => {
    const list = stubs[nodeId];
    if (list === undefined) return isOutside(kind) ? { ...missingStub } : undefined;
    const seen = turns.get(nodeId) ?? [];
    if (!seen.includes(stepSeq)) turns.set(nodeId, [...seen, stepSeq]);
    const turn = (turns.get(nodeId) ?? []).indexOf(stepSeq);
    return { ...(list[turn] ?? list.at(-1)), isBare: !shown.has(nodeId) };
  };
}

/** The workflows a document calls, by id or slug: they have to be there, and are never run. */
function workflowsCalled({ nodes, slug }: WorkflowDocument): readonly string[] {
  const called = nodes.flatMap(({ type, config }) =>
    type === 'workflow' && typeof config['workflow'] === 'string' ? [config['workflow'].trim()] : [],
  );
  return [...new Set(called)].filter((word) => word !== '' && slugify(word) !== slug);
}

/** Rows, made-up secrets and empty workflows a case asks for. */
function fillOf({ records, secrets, workflow }: CaseFile): NonNullable<AppOptions['fill']> {
  return async ({ store, vault, clock }) => {
    const at = clock.now();
    for (const { entity, cuid, data } of records) {
      // Whatever the fields were: any value is taken.
      const known = store.read.records.entity(entity)?.fields ?? [];
      const missing = Object.keys(data).filter((name) => !known.some((field) => field.name === name));
      const fields = [...known, ...missing.map((name) => ({ name, type: 'json' as const }))];
      if (known.length === 0 && store.read.records.entity(entity) === undefined)
        await store.write('insertEntity', { name: entity, fields, at });
      else if (missing.length > 0)
        await store.write('changeEntity', { name: entity, fields, force: false, at });
      await store.write('insertRecord', { entity, cuid, data, at });
    }
    for (const called of workflowsCalled(workflow)) {
      const document = documentSchema.parse({ name: called, nodes: [{ id: 'start', type: 'manual' }] });
      const id = called.startsWith('wf_') ? called : newId('wf');
      await store.write('insertWorkflow', { id, slug: slugify(called), document, at });
    }
    for (const { name, hosts } of secrets) {
      const sealed = vault.seal(newSecret(), namedSecretPlace(name));
      await store.write('setSecret', { name, sealed, hint: 'test', hosts, at });
    }
  };
}

/** Starts the app of a case. */
export async function startTestHost(parts: TestParts, file: CaseFile, logger: Logger): Promise<TestHost> {
  const dataDir = await mkdtemp(join(tmpdir(), 'hookyard-case-'));
  const remove = (): Promise<void> => rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  const clock = createTestClock(
    file.capturedAt === undefined ? Date.now() : new Date(file.capturedAt).getTime(),
  );
  const token = randomBytes(24).toString('base64url');
  const keys: Buffer[] = [];
  const home = {
    description: 'In memory, for a test.',
    load: () => Promise.resolve(keys),
    save: () => Promise.resolve(),
  };
  let app: App;
  try {
    app = await createApp({
      dataDir,
      version: parts.version,
      files: parts.files,
      keyHolders: () => ({ home, others: [] }),
      settings: { receiverHost: '127.0.0.1', receiverPort: 0, publicUrl: undefined },
      apiToken: token,
      onPortInUse: 'fail',
      logger,
      clock,
      stubs: stubsOf(file),
      fill: fillOf(file),
    });
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    origin: app.receiverOrigin(),
    token,
    clock,
    async close() {
      await app.stop();
      await remove();
    },
  };
}
