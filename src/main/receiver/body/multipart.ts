/**
 * Multipart bodies become objects: fields as texts, files as `{filename, contentType, size, base64}` (SPEC 4.9). The
 * bytes are already in memory and within the endpoint's limit, so everything is done in one go.
 */
import busboy from 'busboy';
import { AppError } from '../../../shared/errors.ts';
import { groupByName } from './named-values.ts';

/** A file of a multipart body, as steps see it. */
export interface FilePart {
  readonly filename: string;
  readonly contentType: string;
  readonly size: number;
  readonly base64: string;
}

/** Parts in one body: past this nobody sends a form. */
const maxParts = 1_000;

function malformed(cause: unknown): AppError {
  return new AppError({
    code: 'malformed_body',
    message: 'The body is not valid multipart/form-data.',
    cause,
  });
}

function unknownCharset(): AppError {
  return new AppError({
    code: 'unsupported_media_type',
    message: 'A field of the form is in a charset that is not known.',
  });
}

/** @throws Error without a boundary */
function createParser(bytes: Uint8Array, header: string): busboy.Busboy {
  return busboy({
    headers: { 'content-type': header },
    defParamCharset: 'utf8',
    // It counts the end of the body as well.
    limits: { parts: maxParts + 1, fieldSize: Math.max(bytes.byteLength, 1), headerPairs: 100 },
  });
}

/**
 * @param header the whole Content-Type value, with the boundary
 * @throws AppError `malformed_body`, `too_many_keys`, `unsupported_media_type`
 */
export function parseMultipart(
  bytes: Uint8Array,
  header: string,
): Promise<Record<string, string | FilePart | readonly (string | FilePart)[]>> {
  const { promise, resolve, reject } =
    Promise.withResolvers<Record<string, string | FilePart | readonly (string | FilePart)[]>>();
  const parts: (readonly [string, string | FilePart])[] = [];
  try {
    const parser = createParser(bytes, header);
    parser.on('field', (name: string | undefined, value: string | undefined) => {
      if (value === undefined) reject(unknownCharset());
      else parts.push([name ?? '', value]);
    });
    parser.on('file', (name: string | undefined, stream, { filename, mimeType }) => {
      const chunks: Buffer[] = [];
      const place = parts.length;
      parts.push([name ?? '', '']);
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', (cause) => reject(malformed(cause)));
      stream.on('end', () => {
        const file = Buffer.concat(chunks);
        parts[place] = [
          name ?? '',
          {
            filename: filename ?? '',
            contentType: mimeType,
            size: file.byteLength,
            base64: file.toString('base64'),
          },
        ];
      });
    });
    parser.on('partsLimit', () => {
      reject(new AppError({ code: 'too_many_keys', message: `The form has more than ${maxParts} parts.` }));
    });
    parser.on('error', (cause) => reject(malformed(cause)));
    parser.on('close', () => resolve(groupByName(parts)));
    parser.end(bytes);
  } catch (cause) {
    // No boundary, or one that is none.
    reject(malformed(cause));
  }
  return promise;
}

/**
 * The texts of a multipart body by name, in the order sent, without its files: what a scheme may look at before the
 * sender is known. All is read in one go, so what stands before a fault is there; the body itself is refused later.
 */
export function readMultipartTexts(
  bytes: Uint8Array,
  header: string,
): readonly (readonly [string, string])[] {
  const texts: (readonly [string, string])[] = [];
  try {
    const parser = createParser(bytes, header);
    parser.on('field', (name: string | undefined, value: string | undefined) => {
      if (value !== undefined) texts.push([name ?? '', value]);
    });
    // A body cut off before its end is told here; its texts are those that came.
    parser.on('error', () => undefined);
    parser.end(bytes);
  } catch {
    // No boundary, or one that is none: no texts either.
  }
  return texts;
}
