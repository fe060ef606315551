/** The admin port of a real host: who is let in, and that nobody else is (SPEC 1, RELIABILITY group L). */
import { connect } from 'node:net';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket as KnockingSocket } from 'ws';
import type { HookyardClient } from '../../../src/shared/contract/index.ts';
import { startHost, type TestHost } from '../../support/host.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { callV1 } from '../../support/v1.ts';

const dir = makeTempDir();
let host: TestHost;
let port = 0;
let token = '';

beforeAll(async () => {
  host = await startHost({ folder: dir.path });
  const admin = new URL(host.ready.admin ?? '');
  port = Number(admin.port);
  token = admin.hash.slice('#token='.length);
});
afterAll(async () => {
  const code = await host.stop();
  dir.remove();
  expect(code).toBe(0);
});

/** Sends bytes as they stand and answers the head of the reply; empty when the connection was closed without one. */
function speak(lines: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${lines.join('\r\n')}\r\n\r\n`));
    let said = '';
    socket.on('data', (chunk: Buffer) => {
      said += chunk.toString('latin1');
      if (said.includes('\r\n\r\n')) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(said));
  });
}

const own = (): string => `127.0.0.1:${port}`;
const statusOf = async (lines: readonly string[]): Promise<number> =>
  Number((await speak(lines)).split(' ')[1] ?? 0);

/** A WebSocket handshake with these headers; the close code, or the HTTP status of a refused upgrade. */
function knock(
  headers: Record<string, string>,
  message?: string | Buffer,
): Promise<{ status?: number; code?: number; data: string[] }> {
  return new Promise((resolve) => {
    const data: string[] = [];
    const socket = new KnockingSocket(`ws://127.0.0.1:${port}/rpc`, { headers });
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, data });
    });
    socket.on('message', (chunk: Buffer) => data.push(chunk.toString()));
    socket.on('open', () => {
      if (message !== undefined) socket.send(message);
    });
    socket.on('close', (code) => resolve({ code, data }));
    socket.on('error', () => undefined);
  });
}

/** A socket that was let in. */
async function enter(origin = `http://${own()}`): Promise<{ socket: WebSocket; client: HookyardClient }> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/rpc`, { headers: { origin } });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(new Error('The socket was not opened.')));
  });
  socket.send(JSON.stringify({ token }));
  const client: HookyardClient = createORPCClient(new RPCLink({ websocket: socket }));
  return { socket, client };
}

describe('pages and files', () => {
  it('are given under a strict policy, or told missing, and nothing is made of the path asked for', async () => {
    for (const path of [
      '/',
      '/index.html',
      '/../package.json',
      '/%2e%2e/package.json',
      '/assets/../../x',
      '/src/main/app.ts',
    ]) {
      const said = await speak([`GET ${path} HTTP/1.1`, `Host: ${own()}`]);
      expect(Number(said.split(' ')[1])).not.toBe(403);
      expect(said.toLowerCase()).toContain("content-security-policy: default-src 'none'; script-src 'self';");
      expect(said.toLowerCase()).toContain('x-content-type-options: nosniff');
      expect(said.toLowerCase()).toContain('x-frame-options: deny');
      expect(said.toLowerCase()).not.toContain('access-control-allow');
      if (path.includes('package') || path.includes('src')) expect(said.split(' ')[1]).toBe('404');
    }
  });

  it.each([
    'evil.test',
    '127.0.0.1.evil.test',
    'localhost.',
    '0.0.0.0',
    'x@127.0.0.1',
    'evil:x@localhost',
    '127.0.0.1',
    'LOCALHOST',
  ])('are refused to a Host that is not exactly ours: %s', async (name) => {
    expect(
      await statusOf(
        ['GET / HTTP/1.1', `Host: ${name.includes(':') ? name : `${name}:${port}`}`].map((line) =>
          name === '127.0.0.1' ? line.replace(String(port), String(port + 1)) : line,
        ),
      ),
    ).toBe(403);
  });

  it('are refused without a Host, or with two', async () => {
    expect([400, 403]).toContain(await statusOf(['GET / HTTP/1.1']));
    expect(await statusOf(['GET / HTTP/1.0'])).toBe(403);
    expect([400, 403]).toContain(await statusOf(['GET / HTTP/1.1', `Host: ${own()}`, `Host: ${own()}`]));
    expect(await statusOf([`GET http://evil.test/ HTTP/1.1`, `Host: ${own()}`])).toBe(403);
  });

  it('are given under each of the names of this machine', async () => {
    for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
      expect(await statusOf(['GET / HTTP/1.1', `Host: ${name}:${port}`])).not.toBe(403);
    }
  });

  it.each([
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-Host: 127.0.0.1',
    'Forwarded: for=127.0.0.1',
    'CF-Connecting-IP: 127.0.0.1',
    'CF-Ray: 1',
    'X-Real-IP: 127.0.0.1',
    'Via: 1.1 tunnel',
    'ngrok-trace-id: 1',
  ])('are refused to what a proxy or tunnel passed on: %s', async (header) => {
    expect(await statusOf(['GET / HTTP/1.1', `Host: ${own()}`, header])).toBe(403);
  });

  it('are refused to pages of other sites, however they ask', async () => {
    for (const method of ['GET', 'POST', 'OPTIONS']) {
      for (const path of ['/', '/rpc', '/index.html']) {
        for (const header of [
          'Sec-Fetch-Site: cross-site',
          'Sec-Fetch-Site: same-site',
          'Origin: https://evil.test',
          'Origin: null',
          `Origin: http://localhost:${port + 1}`,
        ]) {
          const said = await speak([
            `${method} ${path} HTTP/1.1`,
            `Host: ${own()}`,
            header,
            'Content-Length: 0',
          ]);
          expect(said.split(' ')[1], `${method} ${path} ${header}`).toBe('403');
          expect(said.toLowerCase()).not.toContain('access-control');
        }
      }
    }
    expect(await statusOf(['POST / HTTP/1.1', `Host: ${own()}`, 'Content-Length: 0'])).toBe(405);
  });

  it('are not to be found on the receiver', async () => {
    for (const path of ['/', '/index.html', '/rpc', '/assets/index.js']) {
      expect((await fetch(host.receiver + path)).status).toBe(404);
    }
  });
});

describe('the socket', () => {
  it('is refused without an Origin, with a foreign one, under another name, and through a tunnel', async () => {
    const origin = `http://${own()}`;
    expect((await knock({})).status).toBe(403);
    for (const foreign of [
      'https://evil.test',
      'null',
      `https://${own()}`,
      `http://127.0.0.1:${port + 1}`,
      `${origin}/`,
    ]) {
      expect((await knock({ origin: foreign })).status, foreign).toBe(403);
    }
    expect((await knock({ origin, host: 'evil.test' })).status).toBe(403);
    expect((await knock({ origin, 'x-forwarded-for': '1.2.3.4' })).status).toBe(403);
    expect((await knock({ origin, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });

  it('is closed without a word when the first message is not the token, or does not come in two seconds', async () => {
    const origin = `http://${own()}`;
    const wrong = [
      JSON.stringify({ token: 'wrong' }),
      JSON.stringify({ token: '' }),
      JSON.stringify({ token: token.slice(0, -1) }),
      JSON.stringify({ token, more: 1 }),
      JSON.stringify([token]),
      token,
      '{',
      'x'.repeat(5_000),
      Buffer.from(JSON.stringify({ token })),
    ];
    for (const message of wrong) {
      expect(await knock({ origin }, message)).toEqual({ code: 4401, data: [] });
    }
    const startedAt = performance.now();
    expect(await knock({ origin })).toEqual({ code: 4401, data: [] });
    expect(performance.now() - startedAt).toBeGreaterThan(1_900);
    expect(performance.now() - startedAt).toBeLessThan(4_000);
  });

  it('serves the whole contract once the token was shown, again and again for a reloaded tab', async () => {
    for (let visit = 0; visit < 2; visit += 1) {
      const { socket, client } = await enter(visit === 0 ? `http://${own()}` : `http://localhost:${port}`);
      const status = await client.status.get();
      expect(status.receiver.listening).toBe(true);
      const { token: made } = await client.tokens.create({ name: 'from the page', scopes: ['read'] });
      expect(made).toMatch(/^hky_/);
      await expect(client.workflows.get({ id: 'nobody' })).rejects.toMatchObject({
        code: 'not_found',
        status: 404,
      });
      await expect(client.workflows.list({ limit: 900 })).rejects.toMatchObject({
        code: 'invalid',
        data: { issues: [{ path: 'limit', message: expect.any(String) }] },
      });
      socket.close();
    }
  });

  it('tells changes as they are committed, few times a second however many there are', async () => {
    const { socket, client } = await enter();
    const abort = new AbortController();
    const changes = await client.live.changes(undefined, { signal: abort.signal });
    const seen: { at: number; ids: readonly string[]; seq: number }[] = [];
    const reading = (async () => {
      for await (const change of changes) {
        seen.push({ at: performance.now(), ids: change.topics.requests ?? [], seq: change.seq });
      }
    })().catch(() => undefined);
    await expect.poll(() => seen.length).toBe(1);
    await callV1(host.receiver, 'POST', '/v1/workflows?activate=true', {
      name: 'Busy',
      nodes: [{ id: 'hook', type: 'webhook', config: { auth: { scheme: 'none' } } }],
    });
    const sent = 300;
    const startedAt = performance.now();
    for (let count = 0; count < sent; count += 30) {
      await Promise.all(
        Array.from({ length: 30 }, () =>
          fetch(`${host.receiver}/hooks/busy`, {
            method: 'POST',
            body: '1',
            headers: { 'content-type': 'application/json' },
          }).then((response) => response.arrayBuffer()),
        ),
      );
    }
    await expect
      .poll(
        () => {
          const isMany = seen.slice(1).some(({ ids }) => ids.length === 0);
          return isMany || new Set(seen.flatMap(({ ids }) => ids)).size >= sent;
        },
        { timeout: 10_000 },
      )
      .toBe(true);
    const lastMs = performance.now() - startedAt;
    expect(seen.length).toBeLessThanOrEqual(Math.ceil(lastMs / 50) + 5);
    const seqs = seen.map(({ seq }) => seq);
    expect(seqs).toEqual(seqs.toSorted((left, right) => left - right));
    abort.abort();
    await reading;
    // The connection goes on after a subscription ended.
    expect((await client.status.get()).version).toBe(host.ready.version);
    socket.close();
  });

  it('takes documents of five megabytes and no messages without end', async () => {
    const { socket, client } = await enter();
    const checked = await client.workflows.check({ name: 'Large', description: 'x'.repeat(9_000) });
    expect(checked.issues.length).toBeGreaterThan(0);
    const closed = new Promise<number>((resolve) => {
      socket.addEventListener('close', ({ code }) => resolve(code));
    });
    socket.send('x'.repeat(9 * 1_048_576));
    expect(await closed).toBe(1009);
  });
});
