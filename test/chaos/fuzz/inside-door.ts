/**
 * The receiver without its sockets: endpoints are made through the front door of a whole app, which is then closed, and
 * its folder opened again with the stages alone in front. Requests are led as the intake leads them, through every stage
 * up to admission, and recorded as it records them; only the writes behind that are left out (see inside-store.ts).
 */
import { validateHeaderValue } from 'node:http';
import { AppError, toAppError } from '../../../src/shared/errors.ts';
import { createApp } from '../../../src/main/app.ts';
import { systemClock as clock } from '../../../src/main/base/clock.ts';
import { newId } from '../../../src/main/base/ids.ts';
import { createSilentLogger } from '../../../src/main/base/logger.ts';
import { createSealedVault, newDataKey } from '../../../src/main/base/sealed-vault.ts';
import { createEngine } from '../../../src/main/engine/engine.ts';
import { StoredBody } from '../../../src/main/receiver/body/body-source.ts';
import { type Answer, Exchange } from '../../../src/main/receiver/exchange.ts';
import { MinuteCounter } from '../../../src/main/receiver/gate/minute-counter.ts';
import { SkewWatch } from '../../../src/main/receiver/gate/skew-watch.ts';
import { createStorageGauge } from '../../../src/main/receiver/gate/storage-gauge.ts';
import { readHead, type RequestHead } from '../../../src/main/receiver/head.ts';
import {
  captureRefused,
  isToBeCaptured,
  judgeRequest,
  noteReply,
} from '../../../src/main/receiver/journal.ts';
import { createOutside } from '../../../src/main/receiver/outside.ts';
import { errorAnswer } from '../../../src/main/receiver/replies.ts';
import { findResumeRoute, isResumePath } from '../../../src/main/receiver/resume-route.ts';
import type { Route } from '../../../src/main/receiver/routes/route.ts';
import { createRouteTable } from '../../../src/main/receiver/routes/route-table.ts';
import { checkFraming } from '../../../src/main/receiver/stages/framing.ts';
import type { Tools } from '../../../src/main/receiver/tools.ts';
import { createSandbox } from '../../../src/main/sandbox/sandbox.ts';
import { openStore } from '../../../src/main/store/open-store.ts';
import { API_TOKEN } from '../../support/host.ts';
import type { Reply } from './connection.ts';
import { sparing } from './inside-store.ts';
import { fieldsOf, type Parcel } from './parcel.ts';
import { makeSubjects, type Subject } from './subjects.ts';

const sources = new URL('../../../src/main/', import.meta.url);
const files = {
  storeWriter: new URL('store-writer.ts', sources),
  sandboxWorker: new URL('sandbox-worker.ts', sources),
  samples: new URL('../../resources/samples/', sources),
};

export interface InsideDoor {
  readonly origin: string;
  readonly authority: string;
  readonly subjects: readonly Subject[];
  /** Judges a request of this caller; `filter`: as if the endpoint had this one. Never throws but for a defect. */
  answer(parcel: Parcel, remoteIp: string, filter?: string): Promise<Reply>;
  /** Whether an expression would be taken as the filter of an endpoint. */
  takesFilter(expression: string): boolean;
  close(): Promise<void>;
}

/** Makes the endpoints in this folder and opens the door to them. */
export async function openInside(dataDir: string, say: (line: string) => void): Promise<InsideDoor> {
  const key = newDataKey();
  const logger = createSilentLogger();
  const { origin, subjects } = await furnish(dataDir, key, say);
  const whole = await openStore({ dataDir, writerUrl: files.storeWriter, logger, clock });
  const store = sparing(whole);
  const vault = createSealedVault({ keys: [key], description: 'kept in memory' });
  const sandbox = createSandbox({ workerUrl: files.sandboxWorker });
  const engine = createEngine({ store, sandbox, vault, clock, logger });
  const table = createRouteTable({ store, vault, logger });
  const tools: Tools = {
    store,
    // Nothing was stored that would be due.
    engine: { ...engine, wake: () => undefined },
    sandbox,
    vault,
    clock,
    logger,
    settings: () => ({ trustedHops: 0, publicUrl: null, queueLimit: Number.MAX_SAFE_INTEGER }),
    outside: createOutside({ clock, fetch: () => Promise.reject(new Error('There is no network here.')) }),
    rates: new MinuteCounter(),
    failures: new MinuteCounter(),
    skew: new SkewWatch(),
    canStore: createStorageGauge(store),
    noteFault: () => undefined,
    closing: new AbortController().signal,
  };
  const { host: authority } = new URL(origin);

  /** Where the intake would lead it; what is no webhook URL is answered as a path nobody has. */
  function routeTo(head: RequestHead): Route | undefined {
    const route = table.find(head.pathname);
    if (route !== undefined) return route;
    checkFraming(head);
    if (!isResumePath(head.pathname)) throw new AppError({ code: 'not_found' });
    if (head.raw.method !== 'POST') throw new AppError({ code: 'method_not_allowed' });
    return findResumeRoute(head.pathname, table, tools);
  }

  async function judge(head: RequestHead, body: Uint8Array, filter: string | undefined): Promise<Answer> {
    let route: Route | undefined;
    try {
      route = routeTo(head);
    } catch (thrown) {
      return errorAnswer(toAppError(thrown), newId('req'));
    }
    if (filter !== undefined && route !== undefined)
      route = { ...route, settings: { ...route.settings, filter } };
    const exchange = new Exchange(head, new StoredBody(body), route);
    const answer = await judgeRequest(exchange, tools);
    if (isToBeCaptured(exchange)) await captureRefused(exchange, answer, tools);
    else if (exchange.isStored) noteReply(exchange, answer, tools);
    exchange.afterAnswer?.();
    return answer;
  }

  return {
    origin,
    authority,
    subjects,
    async answer(parcel, remoteIp, filter) {
      const startedAt = performance.now();
      const head = readHead({
        method: parcel.method,
        url: parcel.target,
        httpVersion: parcel.version,
        headers: fieldsOf(parcel, authority).map(([name, value]) => [name, asRead(value)]),
        remoteIp,
        receivedAt: clock.now(),
      });
      const { status, headers, body } = await judge(head, parcel.body, filter);
      const tookMs = performance.now() - startedAt;
      // What HTTP can not carry would have become a 500 on its way out.
      for (const [name, value] of Object.entries(headers)) validateHeaderValue(name, value);
      const text = typeof body === 'string' ? body : Buffer.from(body).toString('latin1');
      return { status, text: `${JSON.stringify(headers)}\n${text}`, tookMs, isClosed: false };
    },
    takesFilter: (expression) => sandbox.check(expression).ok,
    async close() {
      await engine.stop();
      await sandbox.close();
      await whole.close();
    },
  };
}

/** Runs a whole app for as long as its endpoints are made. */
async function furnish(dataDir: string, key: Buffer, say: (line: string) => void) {
  const app = await createApp({
    dataDir,
    version: '0.0.0',
    files,
    keyHolders: () => ({
      home: {
        description: 'kept in memory',
        load: () => Promise.resolve([key]),
        save: () => Promise.resolve(),
      },
      others: [],
    }),
    settings: { receiverHost: '127.0.0.1', receiverPort: 0 },
    apiToken: API_TOKEN,
    onPortInUse: 'fail',
    logger: createSilentLogger(),
  });
  try {
    const origin = app.receiverOrigin();
    return { origin, subjects: await makeSubjects(origin, say) };
  } finally {
    await app.stop();
  }
}

const beyondLatin1 = /[^\0-\xff]/;
const blanksAround = /^[ \t]+|[ \t]+$/g;

/** A header value as it is read off the wire: in latin1, without the blanks around it. */
function asRead(value: string): string {
  const text = beyondLatin1.test(value) ? Buffer.from(value, 'latin1').toString('latin1') : value;
  return text.replace(blanksAround, '');
}
