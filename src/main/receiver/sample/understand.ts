/**
 * A request as its endpoint understands it, read from the bytes as they are stored: for parsing a stored request into a
 * sample, and for telling how one differs from the sample (SPEC 6).
 */
import { AppError } from '../../../shared/errors.ts';
import type { RawRequest } from '../../base/raw-request.ts';
import type { BodyReading } from '../../styles/style.ts';
import { readContentType } from '../body/content-type.ts';
import { decodeBody, readEncoding } from '../body/decode-body.ts';
import { readPairs } from '../body/named-values.ts';
import { type Payload, readPayload } from '../body/read-payload.ts';
import { readHead } from '../head.ts';
import type { SampleContent } from './read-sample.ts';

/** Bytes a stored body may have once it is decoded. */
const mostBytes = 33_554_432;

/** The payload of a stored request; undefined when its body can not be read. */
export async function readStored(raw: RawRequest, reading: BodyReading): Promise<Payload | undefined> {
  const { fields } = readHead(raw);
  const header = fields.get('content-type');
  try {
    const encoding = readEncoding(fields.get('content-encoding'));
    const isPlain = encoding === undefined || raw.body.byteLength === 0;
    const bytes = isPlain ? raw.body : await decodeBody(raw.body, encoding, mostBytes);
    return await readPayload({ bytes, type: readContentType(header), header, reading, isPlain });
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

/** The content of a stored request; undefined when its body can not be read. */
export async function understand(raw: RawRequest, reading: BodyReading): Promise<SampleContent | undefined> {
  const payload = await readStored(raw, reading);
  if (payload === undefined) return undefined;
  const { value, isTyped } = payload;
  return { payload: value, isTyped, query: readPairs(readHead(raw).search), headers: raw.headers };
}
