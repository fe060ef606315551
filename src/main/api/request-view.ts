/** Captured requests as people see them: as they came, credentials blotted out (SPEC 2, RELIABILITY 5). */
import { isUtf8 } from 'node:buffer';
import type { BodyView, FailedTrigger, RequestSummary, RequestView } from '../../shared/contract/views.ts';
import { headerValues } from '../base/raw-request.ts';
import { directNote } from '../receiver/gate/client-ip.ts';
import type { RequestTwin } from '../store/request-twins.ts';
import type { LastRepeat } from '../store/request-repeats.ts';
import type { RequestRow } from '../store/types.ts';
import { knownSecretValues } from './endpoint-secrets.ts';
import { readSettings } from './endpoint-view.ts';
import { failureWords } from './failure-words.ts';
import { authOf } from './hooks.ts';
import { type KnownSecrets, maskHeaders, maskQuery, maskText, maskUrl, noSecrets } from './masking.ts';
import type { ApiParts } from './parts.ts';
import { toTime, toTimeOrNull } from './times.ts';

/** Settings of a scheme that name the header or parameter its credential comes in. */
const namingSettings = ['name', 'keyHeader', 'secretHeader', 'header'] as const;

/** What is secret about the requests of each endpoint; every endpoint is looked up once. */
export function secretsByEndpoint(parts: ApiParts): (endpointId: string) => KnownSecrets {
  const found = new Map<string, KnownSecrets>();
  return (endpointId) => {
    const known = found.get(endpointId);
    if (known !== undefined) return known;
    const endpoint = parts.store.read.endpoints.byId(endpointId);
    const fresh = endpoint === undefined ? noSecrets : secretsOf();
    found.set(endpointId, fresh);
    return fresh;

    function secretsOf(): KnownSecrets {
      if (endpoint === undefined) return noSecrets;
      const auth = authOf(readSettings(parts, endpoint));
      const names = namingSettings.flatMap((setting) => {
        const name = auth[setting];
        return typeof name === 'string' ? [name.toLowerCase()] : [];
      });
      return { names: new Set(names), values: knownSecretValues(parts, endpointId) };
    }
  };
}

/** An entry of the list of requests. */
export function toRequestSummary(row: RequestRow, known: KnownSecrets): RequestSummary {
  return {
    id: row.id,
    seq: row.seq,
    endpointId: row.endpointId,
    endpointName: row.endpointName,
    method: row.raw.method,
    url: maskUrl(row.raw.url, known),
    receivedAt: toTime(row.raw.receivedAt),
    verdict: row.verdict,
    reason: row.reason,
    reasonText: row.reasonText,
    status: row.status,
    bodySize: row.bodySize,
    durationMs: row.durationMs,
    clientIp: row.clientIp,
    isReplay: row.isReplay,
    firstRequestId: row.firstRequestId,
    triage: row.triage,
    drift: row.drift,
    runs: row.runs.map((run) => ({ ...run })),
  };
}

/** The failed trigger of SPEC 2: the request, its cause and its state. */
export function toFailedTrigger(
  row: RequestRow,
  known: KnownSecrets,
  lastRetry: LastRepeat | undefined,
): FailedTrigger {
  return {
    ...toRequestSummary(row, known),
    state: row.triage ?? 'open',
    cause: row.reasonText ?? failureWords(row.reason ?? '').title,
    requestId: row.id,
    lastRetry:
      lastRetry === undefined
        ? null
        : {
            requestId: lastRetry.id,
            at: toTime(lastRetry.receivedAt),
            status: lastRetry.status,
            taken: lastRetry.isTaken,
            reason: lastRetry.reason,
            cause: lastRetry.reasonText,
          },
  };
}

/** The captured request of SPEC 2, with the later deliveries of its key. */
export function toRequestView(
  row: RequestRow,
  known: KnownSecrets,
  twins: readonly RequestTwin[],
): RequestView {
  const at = row.raw.url.indexOf('?');
  const query = at < 0 ? [] : [...new URLSearchParams(row.raw.url.slice(at + 1))];
  return {
    ...toRequestSummary(row, known),
    httpVersion: row.raw.httpVersion,
    headers: maskHeaders(row.raw.headers, known),
    query: maskQuery(query, known),
    remoteIp: row.raw.remoteIp,
    clientIpNote: row.stages.find(({ stage }) => stage === 'address')?.note ?? directNote,
    stages: row.stages.map(({ repeat: _repeat, ...stage }) => stage),
    reply:
      row.status === null
        ? null
        : {
            status: row.status,
            headers: { ...row.replyHeaders },
            body: maskText(row.replyBody ?? '', known),
          },
    dedupeKey: row.dedupeKey,
    replay: toReplay(row),
    twins: twins.map((twin) => ({ ...twin, receivedAt: toTime(twin.receivedAt) })),
    contentType: headerValues(row.raw.headers, 'content-type')[0] ?? null,
    storedBodySize: row.storedBodySize,
  };
}

/** How a request came from another; those stored before the marks were kept are as captured. */
function toReplay({ replayOf, stages }: RequestRow): RequestView['replay'] {
  if (replayOf === null) return null;
  const { repeat } = stages.find((stage) => stage.repeat !== undefined) ?? {};
  const { mode = 'asCaptured', edited = false, elsewhere = false, freshAt = null } = repeat ?? {};
  return { of: replayOf, mode, edited, elsewhere, freshAt: toTimeOrNull(freshAt) };
}

/** A body for showing: at most so many bytes of it, text where it is text. */
export function toBodyView(body: Uint8Array, size: number, maxBytes: number): BodyView {
  const shown = body.subarray(0, maxBytes);
  const truncated = shown.length < size;
  // A cut may fall inside a character: up to three bytes are given back before giving up on text.
  for (let less = 0; less <= 3 && less <= shown.length; less += 1) {
    const part = shown.subarray(0, shown.length - less);
    if (isUtf8(part)) return { size, encoding: 'utf8', data: toBuffer(part).toString('utf8'), truncated };
    if (!truncated) break;
  }
  return { size, encoding: 'base64', data: toBuffer(shown).toString('base64'), truncated };
}

function toBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
