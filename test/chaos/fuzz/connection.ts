/**
 * A caller's connection, kept open over many requests: writes bytes as they are, reads one whole answer, opens a new one
 * when the other side has closed. Every connection comes from another address of this machine's loopback net, for a
 * caller that fails too often is told to wait.
 */
import { connect, type Socket } from 'node:net';

export interface Reply {
  /** 0: closed without an answer. */
  readonly status: number;
  readonly text: string;
  readonly tookMs: number;
  readonly isClosed: boolean;
}

/** No whole answer within this long is a hang. */
const hangMs = 8_000;

export class Connection {
  readonly #port: number;
  readonly #lane: number;
  #socket: Socket | undefined;
  #opened = 0;
  /** Requests since the address was changed. */
  #used = 0;

  constructor(port: number, lane: number) {
    this.#port = port;
    this.#lane = lane;
  }

  /** Sends and waits for one answer. With `isLast` the connection is half closed behind the bytes, and not used again. */
  async send(bytes: Buffer, { isLast, isHead }: { isLast: boolean; isHead: boolean }): Promise<Reply> {
    if (isLast || this.#used >= 25) this.close();
    const socket = this.#socket ?? (await this.#open());
    this.#used += 1;
    const reply = await exchange(socket, bytes, isLast, isHead);
    if (reply.isClosed || isLast) this.close();
    return reply;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  async #open(): Promise<Socket> {
    this.#used = 0;
    this.#opened += 1;
    const n = this.#opened;
    const localAddress = `127.${1 + (this.#lane % 250)}.${1 + (Math.floor(n / 250) % 250)}.${1 + (n % 250)}`;
    const socket = connect({
      port: this.#port,
      host: '127.0.0.1',
      localAddress,
      noDelay: true,
      allowHalfOpen: true,
    });
    await new Promise<void>((done, fail) => {
      socket.once('connect', done);
      socket.once('error', fail);
    });
    this.#socket = socket;
    return socket;
  }
}

function exchange(socket: Socket, bytes: Buffer, isLast: boolean, isHead: boolean): Promise<Reply> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    let text = '';
    // The other side may hold a connection open for a moment behind its answer: the answer is what counts.
    let answeredAt: number | undefined;
    const timer = setTimeout(() => finish(true), hangMs);
    const finish = (isClosed: boolean): void => {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      const tookMs = (answeredAt ?? performance.now()) - startedAt;
      resolve({ status: statusOf(text), text, tookMs, isClosed });
    };
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      answeredAt = performance.now();
      if (isLast) return;
      const end = endOfAnswer(text, isHead);
      if (end !== undefined) finish(end === 'closes');
    });
    socket.on('end', () => finish(true));
    socket.on('close', () => finish(true));
    socket.on('error', () => finish(true));
    if (isLast) socket.end(bytes);
    else socket.write(bytes);
  });
}

const interim = /^HTTP\/1\.1 1\d\d [^\r]*\r\n(?:[^\r]+\r\n)*\r\n/;

function statusOf(text: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(text.replace(interim, ''))?.[1] ?? 0);
}

/** Whether the answer is whole, and whether the other side closes behind it; undefined while there is more to come. */
function endOfAnswer(received: string, isHead: boolean): 'open' | 'closes' | undefined {
  const text = received.replace(interim, '');
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const head = text.slice(0, headEnd).toLowerCase();
  const status = statusOf(text);
  const length = /\r\ncontent-length: (\d+)/.exec(head)?.[1];
  const rest = text.length - headEnd - 4;
  const isBodiless = isHead || status === 204 || status === 304;
  const isWhole = isBodiless || (length === undefined ? text.endsWith('0\r\n\r\n') : rest >= Number(length));
  if (!isWhole) return undefined;
  return /\r\nconnection: close/.test(head) ? 'closes' : 'open';
}
