/** Answers made to harm: each ends at its limit, in plain words, and costs little memory (RELIABILITY N6). */
import { createServer, type Socket } from 'node:net';
import { createGzip, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createOutbound, type OutboundOptions } from '../../../../src/main/steps/http/outbound.ts';
import { writtenHost } from '../../../../src/main/steps/network/private-hosts.ts';
import { AppError } from '../../../../src/shared/errors.ts';

/** A server of bare bytes; tells how many it got rid of. */
async function openRaw(onConnection: (socket: Socket) => void) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).resume();
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  );
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const written = (): number => [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0);
  return { port, written };
}

async function call(port: number, options: OutboundOptions = {}, timeoutMs = 20_000, scheme = 'http') {
  const outbound = createOutbound(options);
  onTestFinished(() => outbound.close());
  const text = `${scheme}://127.0.0.1:${port}/`;
  const request = {
    method: 'GET',
    url: new URL(text),
    headers: [],
    body: undefined,
    writtenHost: writtenHost(text),
  };
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new AppError({ code: 'step_timeout' })), timeoutMs);
  const before = process.memoryUsage().rss;
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 5);
  const began = performance.now();
  try {
    const reply = await outbound.send(request, { signal: controller.signal, privateHosts: [] });
    return { reply, error: undefined, tookMs: performance.now() - began, grewBy: peak - before };
  } catch (thrown) {
    const error = thrown instanceof AppError ? thrown : undefined;
    return { reply: undefined, error, tookMs: performance.now() - began, grewBy: peak - before };
  } finally {
    clearInterval(watch);
    clearTimeout(timer);
  }
}

const head = 'HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n';

/** Writes as fast as the other side takes. */
function flood(socket: Socket, chunk: Buffer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', more);
  more();
}

describe('N6 hostile answers', () => {
  it('N6 a body without end stops at 10 MB', async () => {
    const chunk = Buffer.alloc(65_536, 7);
    const { port, written } = await openRaw((socket) => {
      socket.write(`${head}Connection: close\r\n\r\n`);
      flood(socket, chunk);
    });
    const { error, grewBy } = await call(port);
    expect(error).toMatchObject({ code: 'http_failed', message: 'The answer is larger than 10 MB.' });
    // What was on the way when it stopped lies in the buffers of the system.
    expect(written()).toBeLessThan(24 * 1_048_576);
    expect(grewBy).toBeLessThan(64 * 1_048_576);
  });

  it('N6 a gzip bomb stops as soon as 10 MB came out of it', async () => {
    const { port, written } = await openRaw((socket) => {
      socket.write(`${head}Content-Encoding: gzip\r\nConnection: close\r\n\r\n`);
      const gzip = createGzip();
      gzip.pipe(socket).on('close', () => gzip.destroy());
      const zeros = Buffer.alloc(1_048_576);
      const more = (): void => {
        while (!gzip.destroyed && gzip.write(zeros));
      };
      gzip.on('drain', more).on('error', () => undefined);
      more();
    });
    const { error, grewBy } = await call(port);
    expect(error).toMatchObject({ code: 'http_failed', message: 'The answer is larger than 10 MB.' });
    expect(written()).toBeLessThan(1_048_576);
    expect(grewBy).toBeLessThan(64 * 1_048_576);
  });

  it('N6 a byte now and then does not outlast the time of the step', async () => {
    const { port } = await openRaw((socket) => {
      socket.write(`${head}Content-Length: 1000\r\n\r\n`);
      const drip = setInterval(() => void socket.write('x'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    const { error, tookMs } = await call(port, {}, 300);
    expect(error).toMatchObject({ code: 'step_timeout', details: { sent: true } });
    expect(tookMs).toBeLessThan(1_000);
  });

  it('N6 silence ends at the time for the first byte, an unfinished handshake at the time to connect', async () => {
    const { port } = await openRaw(() => undefined);
    const silent = await call(port, { firstByteMs: 300 });
    expect(silent.error).toMatchObject({
      code: 'http_failed',
      message: 'No answer began within 0.3 seconds.',
    });
    expect(silent.error?.details['sent']).toBe(true);
    expect(silent.tookMs).toBeLessThan(2_500);
    const handshake = await call(port, { connectMs: 300 }, 20_000, 'https');
    expect(handshake.error).toMatchObject({
      code: 'http_failed',
      message: 'No connection within 0.3 seconds.',
    });
    expect(handshake.error?.details).not.toHaveProperty('sent');
    expect(handshake.tookMs).toBeLessThan(2_500);
  });

  it('N6 five thousand headers are too large', async () => {
    const { port } = await openRaw((socket) => {
      socket.end(`${head}${Array.from({ length: 5_000 }, (_, n) => `x-${n}: y\r\n`).join('')}\r\n`);
    });
    expect((await call(port)).error?.message).toBe('The headers of the answer are too large.');
  });

  it.each([
    ['gzip, gzip', gzipSync(gzipSync('x')), 'The answer is encoded in a way that is not understood.'],
    ['zstd', Buffer.from('x'), 'The answer is encoded in a way that is not understood.'],
    ['gzip', Buffer.from('not gzip'), 'The answer is not encoded the way it says.'],
    ['gzip', gzipSync('x'.repeat(1_000)).subarray(0, 20), 'The answer ended before its encoding did.'],
  ])('N6 of %s one layer is taken off, and only what is right', async (encoding, body, message) => {
    const { port } = await openRaw((socket) => {
      socket.write(`${head}Content-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n`);
      socket.end(body);
    });
    expect((await call(port)).error).toMatchObject({ code: 'http_failed', message });
  });

  it('N6 informational answers before the real one, and an answer to HEAD, are read as they are', async () => {
    const { port } = await openRaw((socket) => {
      socket.end(`HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n${head}Content-Length: 2\r\n\r\nok`);
    });
    const { reply } = await call(port);
    expect([reply?.status, Buffer.from(reply?.body ?? []).toString()]).toEqual([200, 'ok']);
  });
});
