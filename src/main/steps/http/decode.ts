/** Takes the one layer of encoding off an answer while it arrives, so that a bomb is noticed long before it is whole. */
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from 'node:zlib';
import { AppError } from '../../../shared/errors.ts';

export interface BodyReader {
  /** False: wait until `onDrain` is called before more is written. */
  write(chunk: Uint8Array): boolean;
  end(): void;
  /** Frees what is held; nothing is told any more. */
  drop(): void;
}

interface ReaderEvents {
  onBody(body: Uint8Array): void;
  onError(error: unknown): void;
  onDrain(): void;
}

/** Collects bytes up to a limit. */
function createCollector(longest: number, { onBody, onError }: ReaderEvents) {
  const chunks: Uint8Array[] = [];
  let length = 0;
  return {
    add(chunk: Uint8Array): void {
      length += chunk.length;
      if (length <= longest) chunks.push(chunk);
      else {
        chunks.length = 0;
        onError(tooLarge(longest));
      }
    },
    end: () => onBody(Buffer.concat(chunks)),
  };
}

/** The error of an answer that is too long. */
export function tooLarge(longest: number): AppError {
  const megabytes = Math.round(longest / 1_048_576);
  return new AppError({
    code: 'http_failed',
    message: `The answer is larger than ${megabytes} MB.`,
    details: { retryable: false },
  });
}

/** Some servers send bare deflate data without the zlib wrapping. */
const decoders = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  br: () => createBrotliDecompress(),
  deflate: (first: number) => (first % 16 === 8 ? createInflate() : createInflateRaw()),
} as const;

/**
 * A reader for an answer with this `Content-Encoding`; at most `longest` bytes come out of it.
 * @throws AppError `http_failed` for an encoding that is not known, several layers among them
 */
export function createBodyReader(encoding: string, longest: number, events: ReaderEvents): BodyReader {
  const name = encoding.trim().toLowerCase();
  const collector = createCollector(longest, events);
  if (name === '' || name === 'identity') {
    return {
      write(chunk) {
        collector.add(chunk);
        return true;
      },
      end: () => collector.end(),
      drop: () => undefined,
    };
  }
  if (name !== 'gzip' && name !== 'x-gzip' && name !== 'br' && name !== 'deflate') {
    throw new AppError({
      code: 'http_failed',
      message: 'The answer is encoded in a way that is not understood.',
      details: { retryable: false },
    });
  }
  let decoder: ReturnType<(typeof decoders)[typeof name]> | undefined;
  function begin(first: number) {
    const begun = decoders[name as keyof typeof decoders](first);
    begun.on('data', (chunk: Buffer) => collector.add(chunk));
    begun.on('end', () => collector.end());
    begun.on('error', events.onError);
    begun.on('drain', events.onDrain);
    return begun;
  }
  return {
    write(chunk) {
      if (chunk.length === 0) return true;
      decoder ??= begin(chunk[0] ?? 0);
      return decoder.write(chunk);
    },
    end() {
      // An empty body is empty whatever it says of its encoding.
      if (decoder === undefined) collector.end();
      else decoder.end();
    },
    drop() {
      decoder?.destroy();
    },
  };
}
