import { implement } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { afterEach, describe, expect, it } from 'vitest';
import { openPort } from '../../../src/renderer/link/connection.ts';
import { type Holder, holdConnection, type LinkState } from '../../../src/renderer/link/holder.ts';
import { portMessage } from '../../../src/shared/bridge.ts';
import { contract } from '../../../src/shared/contract/index.ts';
import { until } from './core-double.ts';

/** What a page's window does here: it passes messages on. */
function createPage(): {
  readonly page: Window;
  readonly pass: (port: MessagePort, source?: unknown) => void;
} {
  const page = Object.create(new EventTarget()) as Window;
  const target = new EventTarget();
  Object.assign(page, {
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
  });
  return {
    page,
    pass: (port, source = page) =>
      target.dispatchEvent(Object.assign(new Event('message'), { data: portMessage, ports: [port], source })),
  };
}

describe('the port of the desktop window', () => {
  let holder: Holder | undefined;
  const open: MessagePort[] = [];
  afterEach(() => {
    holder?.close();
    for (const port of open.splice(0)) port.close();
  });

  const serve = (): { readonly own: MessagePort; readonly given: MessagePort } => {
    const { port1: own, port2: given } = new MessageChannel();
    const os = implement(contract);
    const handler = new RPCHandler({
      live: {
        changes: os.live.changes.handler(async function* ({ signal }) {
          yield { seq: 7, topics: {} };
          await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()));
        }),
      },
    });
    handler.upgrade(own);
    own.start();
    open.push(own, given);
    return { own, given };
  };

  it('is asked for, taken from this window only, and asked for again when it closes', async () => {
    const { page, pass } = createPage();
    const served: MessagePort[] = [];
    const states: LinkState[] = [];
    const seqs: number[] = [];
    holder = holdConnection({
      open: openPort(
        {
          requestPort: () => {
            const stranger = new MessageChannel();
            open.push(stranger.port1, stranger.port2);
            pass(stranger.port2, null);
            const { own, given } = serve();
            served.push(own);
            pass(given);
          },
        },
        page,
      ),
      onState: (state) => states.push(state),
      onChange: () => undefined,
      onFresh: (seq) => seqs.push(seq),
    });
    await until(() => seqs.length === 1, 'the first port');
    expect(seqs).toEqual([7]);
    served[0]?.close();
    await until(() => seqs.length === 2, 'the second port');
    expect(states.map(({ kind }) => kind)).toEqual(['connecting', 'open', 'lost', 'open']);
  });
});
