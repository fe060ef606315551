/** Stored requests as their endpoints understand them: made into samples, and compared with the sample there is (SPEC 6). */
import { AppError } from '../../shared/errors.ts';
import type { Drift } from '../../shared/model/sample.ts';
import { credentialsOf } from '../receiver/routes/route.ts';
import { driftBetween } from '../receiver/sample/drift.ts';
import { sampleRules, type SampleRules } from '../receiver/sample/meaningful.ts';
import { readSampleShape, type SampleContent } from '../receiver/sample/read-sample.ts';
import { understand } from '../receiver/sample/understand.ts';
import type { EndpointRow, RequestRow } from '../store/types.ts';
import { styleOf } from '../styles/registry.ts';
import { readSettings } from './endpoint-view.ts';
import type { ApiParts } from './parts.ts';

/** What has to be known of an endpoint to read its samples. */
export function rulesOf(parts: ApiParts, endpoint: EndpointRow): SampleRules {
  const settings = readSettings(parts, endpoint);
  return sampleRules(styleOf(endpoint.style), settings, credentialsOf(settings));
}

/**
 * The content of a stored request, read as an endpoint understands it.
 * @throws AppError `not_found`, `conflict` when it can not be read
 */
export async function contentOf(
  { store }: ApiParts,
  endpoint: EndpointRow,
  requestId: string,
): Promise<SampleContent> {
  await store.drain();
  const row = store.read.requests.byId(requestId);
  const raw = store.read.requests.raw(requestId);
  if (row === undefined || raw === undefined)
    throw new AppError({ code: 'not_found', message: 'No such request.' });
  if (row.verdict === 'handshake') {
    throw new AppError({ code: 'conflict', message: 'This was a handshake; deliveries look otherwise.' });
  }
  const isWhole = row.storedBodySize === row.bodySize;
  const content = isWhole ? await understand(raw, styleOf(endpoint.style).reading) : undefined;
  if (content !== undefined) return content;
  throw new AppError({
    code: 'conflict',
    message: isWhole
      ? 'The body of this request can not be read by the endpoint.'
      : 'Only the beginning of this refused body was kept.',
  });
}

/** How a request differs from the sample of its endpoint; null where there is nothing to compare. */
export async function driftOf({ store, ...parts }: ApiParts, row: RequestRow): Promise<Drift | null> {
  const endpoint = store.read.endpoints.byId(row.endpointId);
  const shape = store.read.samples.byEndpoint(row.endpointId)?.shape ?? null;
  const raw = store.read.requests.raw(row.id);
  if (endpoint === undefined || shape === null || raw === undefined || row.storedBodySize < row.bodySize)
    return null;
  const content = await understand(raw, styleOf(endpoint.style).reading);
  if (content === undefined) return null;
  return driftBetween(shape, readSampleShape(content, rulesOf({ store, ...parts }, endpoint)));
}
