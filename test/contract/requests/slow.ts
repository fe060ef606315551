/** Senders that take their time (SPEC 4.6, 12). All of them at once, for the limits are long. */
import { connect } from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { listAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted } from '../support/expect-error.ts';
import { type Made, makeHook } from '../support/workflows.ts';

const host = hostForThisFile();
let open: Made;

beforeAll(async () => {
  open = await makeHook(host, { style: 'native', auth: { scheme: 'none' } });
});

interface Slow {
  text: string;
  tookMs: number;
}

/** Sends `first`, then one byte of `rest` every half second, until the other side closes. */
function sendSlowly(first: string, rest: string): Promise<Slow> {
  const { hostname, port } = new URL(host.receiver());
  const startedAt = performance.now();
  return new Promise((resolve) => {
    let text = '';
    let sent = 0;
    const socket = connect(Number(port), hostname, () => socket.write(first));
    const drip = setInterval(() => {
      const byte = rest[sent];
      sent += 1;
      if (byte !== undefined && socket.writable) socket.write(byte);
    }, 500);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(drip);
      resolve({ text, tookMs: performance.now() - startedAt });
    });
  });
}

/** Both begin before the first test of the file and are looked at last: others are served meanwhile. */
let slowHead: Promise<Slow>;
let slowBody: Promise<Slow>;
beforeAll(() => {
  const start = `POST ${new URL(open.url()).pathname} HTTP/1.1\r\nHost: h\r\n`;
  slowHead = sendSlowly(`${start}X-Slow: `, 'a'.repeat(99));
  slowBody = sendSlowly(
    `${start}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
    ' '.repeat(999),
  );
});

describe('a slow sender', () => {
  it('F2 keeps nobody else waiting', async () => {
    const answer = await host.call(open.url(), { json: {} });
    expectAccepted(answer);
    expect(answer.tookMs).toBeLessThan(5_000);
  });

  it('F1 of headers is closed with 408 after 10 s', async () => {
    const got = await slowHead;
    expect(got.text).toMatch(/^HTTP\/1\.1 408 /);
    expect(got.tookMs).toBeGreaterThan(9_000);
    expect(got.tookMs).toBeLessThan(14_000);
  });

  it('F1 of a body is answered 408 after 30 s, and no run starts', async () => {
    const got = await slowBody;
    expect(got.text).toMatch(/^HTTP\/1\.1 408 /);
    expect(got.text).toContain('"success":false');
    expect(got.tookMs).toBeGreaterThan(28_000);
    expect(got.tookMs).toBeLessThan(35_000);
    const { json } = await host.v1('GET', `/v1/workflow-runs?workflow=${open.id}`);
    expect(listAt(json, 'items')).toHaveLength(1);
    const refused = await host.v1('GET', `/v1/requests?endpoint=${open.endpointId()}&status=408`);
    expect(listAt(refused.json, 'items')).toHaveLength(1);
  }, 45_000);
});
