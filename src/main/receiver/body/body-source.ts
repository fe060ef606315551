/**
 * The body of a request, read only when a stage asks for it and never past a limit (SPEC 4.6). A request from the wire and
 * a stored one that is judged again give their bytes through the same face.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { AppError } from '../../../shared/errors.ts';
import type { HeaderFields } from '../head.ts';

export interface BodySource {
  /** Bytes the head promises; undefined when it does not say. */
  readonly declared: number | undefined;
  /** Bytes received until now. */
  readonly received: number;
  /** Whether all of it is here. */
  readonly isComplete: boolean;
  /**
   * All bytes; at once when there are none or they are here already.
   * @throws AppError `payload_too_large`, `request_timeout`, `bad_request` (cut off)
   */
  read(limit: number): Uint8Array | Promise<Uint8Array>;
  /**
   * The beginning, at most `limit` bytes, as far as it comes within `waitMs`: for the record of a request that was
   * refused. Never fails.
   */
  readBeginning(limit: number, waitMs: number): Promise<Uint8Array>;
}

const noBytes = new Uint8Array(0);

/** Who reads from which connection, so that a fault of the connection ends the right read. */
const readers = new WeakMap<Socket, LiveBody>();

/** Ends the read that is under way on a connection; false when there is none. */
export function abortBody(socket: Socket, error: AppError): boolean {
  const reader = readers.get(socket);
  if (reader === undefined || reader.hasArrived) return false;
  reader.fail(error);
  return true;
}

interface Wire {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly fields: HeaderFields;
  /** The sender waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
}

/** A body on the wire. */
export class LiveBody implements BodySource {
  readonly declared: number | undefined;
  received = 0;
  isComplete = false;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #expectsContinue: boolean;
  #chunks: Uint8Array[] = [];
  #limit = 0;
  #error: AppError | undefined;
  /** Whether reading has begun: from then on Node throws nothing away by itself. */
  isListening = false;
  /** Told once: all bytes are here, more than the limit came, or the connection failed. */
  #settle: (() => void) | undefined;

  constructor(wire: Wire) {
    const { request, response, fields, expectsContinue } = wire;
    this.#request = request;
    this.#response = response;
    this.#expectsContinue = expectsContinue;
    const length = fields.get('content-length');
    if (length !== undefined) this.declared = Number(length);
    else if (fields.get('transfer-encoding') === undefined) this.declared = 0;
    if (this.declared === 0) this.isComplete = true;
  }

  /** Whether the connection failed under the body: nothing more of it can be read. */
  get isBroken(): boolean {
    return this.#error !== undefined;
  }

  /** Whether the last byte is here, handed on to us or not. */
  get hasArrived(): boolean {
    return this.isComplete || this.#request.complete;
  }

  /** Whether the sender holds the body back until it is asked for it. */
  get isHeldBack(): boolean {
    return this.#expectsContinue && !this.isListening;
  }

  read(limit: number): Uint8Array | Promise<Uint8Array> {
    if (this.declared !== undefined && this.declared > limit) {
      throw new AppError({
        code: 'payload_too_large',
        reason: `Content-Length says ${this.declared} bytes; ${limit} are accepted.`,
      });
    }
    if (this.isComplete) return this.#join();
    return this.#receive(limit);
  }

  async #receive(limit: number): Promise<Uint8Array> {
    await this.#listen(limit);
    if (this.#error) throw this.#error;
    if (!this.isComplete) {
      throw new AppError({ code: 'payload_too_large', reason: `More than ${limit} bytes arrived.` });
    }
    return this.#join();
  }

  async readBeginning(limit: number, waitMs: number): Promise<Uint8Array> {
    if (!this.isComplete && !this.isHeldBack && this.#error === undefined && this.received <= limit) {
      const waiting = setTimeout(() => this.#stop(), waitMs);
      await this.#listen(limit);
      clearTimeout(waiting);
    }
    return this.#join().subarray(0, limit);
  }

  /** Ends the read with an error. */
  fail(error: AppError): void {
    this.#error ??= error;
    this.#stop();
  }

  #join(): Uint8Array {
    const [only] = this.#chunks;
    if (only === undefined) return noBytes;
    if (this.#chunks.length === 1) return only;
    const joined = Buffer.concat(this.#chunks);
    this.#chunks = [joined];
    return joined;
  }

  #listen(limit: number): Promise<void> {
    this.#limit = limit;
    const request = this.#request;
    return new Promise((resolve) => {
      this.#settle = resolve;
      if (!this.isListening) {
        this.isListening = true;
        readers.set(request.socket, this);
        request.on('data', (chunk: Uint8Array) => this.#take(chunk));
        request.on('end', () => {
          this.isComplete = true;
          this.#stop();
        });
        // `close` before `end`: the sender hung up or the connection broke.
        request.on('close', () => this.#cut());
        request.on('error', () => this.#cut());
        if (this.#expectsContinue) this.#response.writeContinue();
      } else {
        request.resume();
      }
    });
  }

  #take(chunk: Uint8Array): void {
    this.received += chunk.byteLength;
    if (this.#settle === undefined) return;
    this.#chunks.push(chunk);
    if (this.received > this.#limit) {
      this.#request.pause();
      this.#stop();
    }
  }

  #cut(): void {
    if (this.isComplete) return;
    this.fail(
      new AppError({ code: 'bad_request', reason: 'The sender hung up before the body was complete.' }),
    );
  }

  #stop(): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.();
  }
}

/** A body that is stored already. */
export class StoredBody implements BodySource {
  readonly declared: number;
  readonly received: number;
  readonly isComplete = true;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.declared = bytes.byteLength;
    this.received = bytes.byteLength;
  }

  read(limit: number): Uint8Array {
    if (this.declared > limit) {
      throw new AppError({
        code: 'payload_too_large',
        reason: `The body has ${this.declared} bytes; ${limit} are accepted.`,
      });
    }
    return this.#bytes;
  }

  readBeginning(limit: number): Promise<Uint8Array> {
    return Promise.resolve(this.#bytes.subarray(0, limit));
  }
}
