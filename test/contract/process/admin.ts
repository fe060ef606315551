/** The admin port faces its own page and nobody else (SPEC 1, RELIABILITY L). */
import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { hostForThisFile } from '../support/contract-host.ts';
import { exchange, rawRequest } from '../support/raw-socket.ts';

const host = hostForThisFile();
const admin = (): URL => new URL(host.host().ready.admin ?? 'missing:');
const origin = (): string => admin().origin;
const token = (): string => /^#token=(.+)$/.exec(admin().hash)?.[1] ?? '';
const paths = ['/', '/rpc', '/index.html', '/assets/x.js', '/v1/workflows', '/nothing'];

const ask = (path: string, headers: readonly string[], method = 'GET') =>
  exchange(origin(), rawRequest([`${method} ${path} HTTP/1.1`, ...headers, 'Connection: close']));

describe('a Host that is not its own', () => {
  it.each([
    'evil.test',
    '127.0.0.1.evil.test',
    '0.0.0.0:PORT',
    'localhost.',
    'localhost.:PORT',
    'x@127.0.0.1:PORT',
    'evil:x@localhost:PORT',
    '127.0.0.1:1',
    '127.0.0.1',
    '2130706433:PORT',
    '127.1:PORT',
    '',
  ])('%j is 403 on every path', async (name) => {
    for (const path of paths) {
      const got = await ask(path, [`Host: ${name.replace('PORT', admin().port)}`]);
      expect(got.statuses[0], path).toBe(name === '' ? got.statuses[0] : 403);
      expect([400, 403]).toContain(got.statuses[0]);
    }
  });
});

describe('a page of another site', () => {
  it.each([
    ['Origin: https://evil.test'],
    ['Origin: null'],
    ['Origin: http://127.0.0.1:1'],
    ['Origin: http://localhost.evil.test'],
    ['Sec-Fetch-Site: cross-site'],
    ['Sec-Fetch-Site: same-site'],
  ])('%s is 403 on every path and method, without CORS headers', async (header) => {
    for (const path of paths) {
      for (const method of ['GET', 'POST', 'OPTIONS']) {
        const got = await ask(path, [`Host: ${admin().host}`, header], method);
        expect(got.statuses, `${method} ${path}`).toEqual([403]);
        expect(got.text.toLowerCase()).not.toContain('access-control-');
      }
    }
  });
});

describe('a proxy or a tunnel', () => {
  it.each([
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-Host: localhost',
    'Forwarded: for=127.0.0.1',
    'CF-Connecting-IP: 127.0.0.1',
    'X-Real-IP: 127.0.0.1',
  ])('%s is 403', async (header) => {
    for (const path of paths)
      expect((await ask(path, [`Host: ${admin().host}`, header])).statuses).toEqual([403]);
  });
});

describe('its own page', () => {
  it('is answered to its own Host, by name and by number, with headers that keep it to itself', async () => {
    for (const name of [admin().host, `localhost:${admin().port}`]) {
      const got = await ask('/', [`Host: ${name}`]);
      expect([200, 503]).toContain(got.statuses[0]);
      expect(got.text).toMatch(/content-security-policy: [^\r]*default-src 'none'/i);
      expect(got.text).toMatch(/frame-ancestors 'none'/i);
      expect(got.text).toMatch(/x-content-type-options: nosniff/i);
      expect(got.text).not.toContain(token());
    }
  });

  it('is nowhere on the receiver', async () => {
    for (const path of ['/', '/rpc', '/index.html', '/assets/']) {
      expect((await host.call(path)).status).toBe(404);
    }
    const got = await exchange(
      host.receiver(),
      rawRequest([
        'GET /rpc HTTP/1.1',
        `Host: ${new URL(host.receiver()).host}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ]),
      { enough: (text) => text.includes('\r\n\r\n') },
    );
    expect(got.statuses).not.toContain(101);
  });

  it('is bound to loopback only', async () => {
    const lan = Object.values(networkInterfaces())
      .flat()
      .filter((one) => one?.internal === false && one.family === 'IPv4');
    for (const one of lan) {
      const got = await exchange(`http://${String(one?.address)}:${admin().port}`, 'GET / HTTP/1.1\r\n\r\n');
      expect(got).toMatchObject({ closed: true, text: '' });
    }
  });
});

describe('its socket', () => {
  interface Ended {
    code: number;
    messages: string[];
    tookMs: number;
  }
  const open = (options: { origin?: string; first?: string }): Promise<Ended> =>
    new Promise((done) => {
      const startedAt = performance.now();
      const messages: string[] = [];
      const socket = new WebSocket(
        `ws://${admin().host}/rpc`,
        options.origin === undefined ? {} : { origin: options.origin },
      );
      const end = (code: number): void => done({ code, messages, tookMs: performance.now() - startedAt });
      socket.on('open', () => {
        if (options.first !== undefined) socket.send(options.first);
      });
      socket.on('message', (data) => messages.push(Buffer.isBuffer(data) ? data.toString() : ''));
      socket.on('unexpected-response', (_request, response) => {
        socket.terminate();
        end(response.statusCode ?? 0);
      });
      socket.on('error', () => undefined);
      socket.on('close', end);
    });

  it.each(['https://evil.test', 'null', 'http://127.0.0.1:1'])(
    'is refused to the origin %s, token or not',
    async (from) => {
      const got = await open({ origin: from, first: JSON.stringify({ token: token() }) });
      expect(got).toMatchObject({ code: 403, messages: [] });
    },
  );

  it.each<[string, () => string]>([
    ['a wrong token', () => JSON.stringify({ token: 'x'.repeat(43) })],
    ['an empty one', () => JSON.stringify({ token: '' })],
    ['no JSON', () => 'hello'],
    ['a call before the token', () => JSON.stringify({ i: '1', p: { u: '/workflows/list' } })],
  ])('is closed at %s, and nothing is said', async (_what, first) => {
    const got = await open({ origin: origin(), first: first() });
    expect(got.messages).toEqual([]);
    expect(got.code).toBeGreaterThanOrEqual(1000);
  });

  it('is closed when no token comes within two seconds', async () => {
    const got = await open({ origin: origin() });
    expect(got.messages).toEqual([]);
    expect(got.tookMs).toBeGreaterThan(1_500);
    expect(got.tookMs).toBeLessThan(5_000);
  });
});
