/**
 * Slow clients, row by row (SPEC 4.6, 12). The limits are 10 s, 30 s and 75 s and no option lowers them, so all begin
 * before the first test of the file and are looked at last. Two thousand sockets for ten minutes are a matter of
 * `npm run chaos -- --slow`.
 */
import { Agent, request } from 'node:http';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { at, listAt, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted } from '../support/expect-error.ts';
import { exchange, type RawExchange, rawRequest } from '../support/raw-socket.ts';
import { countRuns, type Made, makeHook, runIn } from '../support/workflows.ts';

const host = hostForThisFile();
const open = { style: 'native', auth: { scheme: 'none' } };
/** Longer than the longest limit and the second in which it is checked. */
const deadlineMs = 40_000;

const head = (made: Made, ...lines: string[]): string[] => [
  `POST ${new URL(made.url()).pathname} HTTP/1.1`,
  'Host: h',
  'Content-Type: application/json',
  ...lines,
];

interface Kept {
  first: RawReply;
  again: () => Promise<RawReply>;
  close: () => void;
}
interface RawReply {
  status: number;
  keepAlive: string;
}

/** A call on a connection that is kept open for the next one; a second connection is never opened. */
async function openKept(made: Made): Promise<Kept> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const sockets = new Set<Socket>();
  const call = (): Promise<RawReply> =>
    new Promise((resolve, reject) => {
      const outgoing = request(made.url(), {
        method: 'POST',
        agent,
        headers: { 'content-type': 'application/json', 'content-length': '2' },
      });
      outgoing.on('socket', (socket) => sockets.add(socket));
      outgoing.on('error', reject);
      outgoing.on('response', (incoming) => {
        incoming.resume();
        incoming.on('end', () => {
          const keepAlive = String(incoming.headers['keep-alive'] ?? '');
          if (sockets.size > 1) reject(new Error('The connection was not kept.'));
          else resolve({ status: incoming.statusCode ?? 0, keepAlive });
        });
      });
      outgoing.end('{}');
    });
  return { first: await call(), again: call, close: () => agent.destroy() };
}

/** Whether a connection is still there for the machine's own TCP, seen from the receiver's end. */
function isEstablished(receiverPort: number, callerPort: number): boolean {
  const hex = (port: number): string => port.toString(16).toUpperCase().padStart(4, '0');
  const line = new RegExp(`:${hex(receiverPort)} [0-9A-F]+:${hex(callerPort)} 01 `);
  return line.test(readFileSync('/proc/net/tcp', 'utf8'));
}

let made: Made;
let large: Made;
let silent: Promise<RawExchange>;
let ancient: Promise<RawExchange>;
let heldBack: Promise<RawExchange>;
let tooLong: Promise<RawExchange>;
let kept: Kept;
let reused: Promise<RawReply>;
let deaf: { tookMs: Promise<number>; close: () => void };

/** Asks for far more than the buffers of two sockets hold and reads nothing of it. */
function openDeaf(): { tookMs: Promise<number>; close: () => void } {
  const { hostname, port } = new URL(host.receiver());
  const asked = rawRequest(head(large, 'Content-Length: 2'), '{}');
  const startedAt = performance.now();
  const socket = connect(Number(port), hostname, () => socket.write(asked.repeat(12)));
  socket.pause();
  socket.on('error', () => undefined);
  const tookMs = until('the connection to be there', () => socket.localPort !== undefined && socket.localPort)
    .then((own) =>
      until('the receiver to end it', () => !isEstablished(Number(port), own), {
        deadlineMs: 60_000,
        everyMs: 250,
      }),
    )
    .then(() => performance.now() - startedAt);
  return { tookMs, close: () => socket.destroy() };
}

beforeAll(async () => {
  made = await makeHook(host, open);
  const config = { code: 'return "x".repeat(4 * 1048576 - 100);' };
  large = await makeHook(host, { ...open, response: { mode: 'lastNode' } }, [
    { id: 'big', type: 'code', config },
  ]);
  const { receiver } = host;
  silent = exchange(receiver(), '', { deadlineMs });
  ancient = exchange(receiver(), 'GET /\r\n', { deadlineMs });
  heldBack = exchange(receiver(), rawRequest(head(made, 'Content-Length: 5', 'Expect: 100-continue')), {
    deadlineMs,
  });
  tooLong = exchange(receiver(), rawRequest(head(made, 'Content-Length: 10'), '{"n":1}'), { deadlineMs });
  kept = await openKept(made);
  const restedAt = Date.now() + 30_000;
  reused = until('half a minute', () => Date.now() >= restedAt, { deadlineMs: 60_000 }).then(kept.again);
  deaf = openDeaf();
});
afterAll(() => {
  kept.close();
  deaf.close();
});

describe('many slow senders at once', () => {
  it('F2 keep no good caller waiting, and no good call fails', async () => {
    const good = await makeHook(host, open);
    const { hostname, port } = new URL(host.receiver());
    const start = rawRequest(head(good, 'Content-Length: 100'), '{').slice(0, -1);
    const slow = Array.from({ length: 500 }, (_, n) => {
      const socket = connect(Number(port), hostname, () => socket.write(n % 2 === 0 ? 'POST ' : start));
      socket.on('error', () => undefined);
      return socket;
    });
    const drip = setInterval(() => {
      for (const socket of slow) if (socket.writable) socket.write(' ');
    }, 1_000);
    const times: number[] = [];
    const until5s = Date.now() + 5_000;
    try {
      while (Date.now() < until5s) {
        const answer = await host.call(good.url(), { json: {} });
        expectAccepted(answer);
        times.push(answer.tookMs);
      }
    } finally {
      clearInterval(drip);
      for (const socket of slow) socket.destroy();
    }
    times.sort((a, b) => a - b);
    expect(times.length).toBeGreaterThan(50);
    expect(times[Math.floor(times.length / 2)]).toBeLessThan(250);
  });
});

describe('a caller that is done sending', () => {
  it('F3 gets its answer on a connection it has half closed', async () => {
    const got = await exchange(host.receiver(), rawRequest(head(made, 'Content-Length: 2'), '{}'), {
      onSent: (socket) => socket.end(),
    });
    expect(got).toMatchObject({ statuses: [200], closed: true });
    expect(got.text).toContain('"success":true');
  });

  it('F3 and resets the connection has started one whole run or none, each time', async () => {
    const reset = await makeHook(host, open);
    const { hostname, port } = new URL(host.receiver());
    for (let n = 0; n < 20; n += 1) {
      await new Promise<void>((done) => {
        const socket = connect(Number(port), hostname, () => {
          socket.write(rawRequest(head(reset, 'Content-Length: 2'), '{}'), () => socket.resetAndDestroy());
        });
        socket.on('error', () => undefined);
        socket.on('close', () => done());
      });
    }
    expectAccepted(await host.call(reset.url(), { json: {} }));
    const { json } = await host.v1('GET', `/v1/requests?endpoint=${reset.endpointId()}&verdict=accepted`);
    const accepted = listAt(json, 'items');
    expect(await countRuns(host, reset.id)).toBe(accepted.length);
    for (const item of accepted) {
      expect(at(await runIn(host, textAt(item, 'runs.0.id')), 'status')).toBe('succeeded');
    }
  });
});

describe('a sender that is slow, looked at after its time', () => {
  it('F1 and sends nothing is closed after 10 s', async () => {
    const got = await silent;
    expect(got.closed).toBe(true);
    expect(got.statuses.filter((status) => status !== 408)).toEqual([]);
    expect(got.tookMs).toBeLessThan(14_000);
  });

  it('B12 and speaks HTTP/0.9 is closed after 10 s', async () => {
    const got = await ancient;
    expect(got.closed).toBe(true);
    expect(got.statuses.filter((status) => ![400, 408].includes(status))).toEqual([]);
    expect(got.tookMs).toBeLessThan(14_000);
  });

  it('B6 and holds back the body it announced is answered 100, then 408', async () => {
    const got = await heldBack;
    expect(got).toMatchObject({ statuses: [100, 408], closed: true });
    expect(got.tookMs).toBeLessThan(35_000);
  }, 45_000);

  it('E1 and promised more than it sends is answered 408, and starts nothing', async () => {
    const got = await tooLong;
    expect(got).toMatchObject({ statuses: [408], closed: true });
    expect(got.tookMs).toBeGreaterThan(28_000);
    expect(got.text).toContain('request_timeout');
    const { json } = await host.v1('GET', `/v1/requests?endpoint=${made.endpointId()}&status=408`);
    for (const item of listAt(json, 'items')) expect(listAt(item, 'runs')).toEqual([]);
  }, 45_000);

  it('F4 and sent its last call half a minute ago finds its connection as it left it', async () => {
    expect(kept.first).toEqual({ status: 200, keepAlive: expect.stringMatching(/timeout=7\d/) });
    expect((await reused).status).toBe(200);
  }, 45_000);

  it('F3 and reads nothing of its answers is closed within 30 s', async () => {
    const tookMs = await deaf.tookMs;
    expect(tookMs).toBeGreaterThan(14_000);
    expect(tookMs).toBeLessThan(50_000);
  }, 75_000);
});
