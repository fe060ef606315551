/** Writes captured requests and what is learned about them later: the answer given, the triage of a failed one. */
import type { Triage, Verdict } from '../../shared/model/request.ts';
import type { StorableNote, StorableReply, StorableRequest, StorableUnadmitted } from './encode.ts';
import { deleteRequests } from './prune.ts';
import { noteDriftSince } from './sample-drift.ts';
import type { WriteContext } from './write-context.ts';

/** Lazily captured refusals and handshakes kept per endpoint (SPEC 12). */
const boundedRequests = 1_000;

/** What became of a request, as it is stored with it. */
export interface RequestFate {
  readonly verdict: Verdict;
  readonly reason: string | null;
  readonly reasonText: string | null;
  readonly reply: StorableReply | null;
  readonly durationMs: number | null;
  readonly dedupeKey: string | null;
  /** Sequence number of the first delivery, for a duplicate. */
  readonly firstSeq: number | null;
  readonly resumedRunId: string | null;
  /** Size as received, where `body` is only the beginning. */
  readonly bodySize: number;
  readonly isBounded: boolean;
}

/** Stores a request with its bytes; answers its sequence number. */
export function insertRequest(context: WriteContext, request: StorableRequest, fate: RequestFate): number {
  const seq = context.sql.insert(
    `INSERT INTO requests (id, endpoint_id, received_at, verdict, method, status, triage, bounded, body_size,
       stored_body_size, duration_ms, reason, reason_text, dedupe_key, replay_of, first_seq, resumed_run_id,
       http_version, remote_ip, client_ip, url, headers, sealed, stages, reply_headers, reply_body)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    request.id,
    request.endpointId,
    request.receivedAt,
    fate.verdict,
    request.method,
    fate.reply?.status ?? null,
    // What repeats a request on the operator's wish is no caller's failure: the first one stays the one to mend.
    fate.verdict === 'rejected' && request.replayOf === null ? 'open' : null,
    fate.isBounded ? 1 : 0,
    fate.bodySize,
    request.body.byteLength,
    fate.durationMs,
    fate.reason,
    fate.reasonText,
    fate.dedupeKey,
    request.replayOf,
    fate.firstSeq,
    fate.resumedRunId,
    request.httpVersion,
    request.remoteIp,
    request.clientIp,
    request.url,
    request.headersJson,
    request.sealed,
    request.stagesJson,
    fate.reply?.headersJson ?? null,
    fate.reply?.body ?? null,
  );
  if (request.body.byteLength > 0) {
    context.sql.run('INSERT INTO request_bodies (seq, body) VALUES (?, ?)', seq, request.body);
  }
  context.emit('requests', request.id);
  return seq;
}

/** Captures a request that was not admitted: refused, or a sample, filtered or a handshake. */
export function captureRefused(context: WriteContext, input: StorableUnadmitted): void {
  const isBounded = input.verdict === 'rejected' || input.verdict === 'handshake';
  const seq = insertRequest(context, input.request, {
    verdict: input.verdict,
    reason: input.reason,
    reasonText: input.reasonText,
    reply: input.reply,
    durationMs: input.durationMs,
    dedupeKey: null,
    firstSeq: null,
    resumedRunId: null,
    bodySize: input.bodySize,
    isBounded,
  });
  if (typeof input.drift === 'number') {
    context.sql.run(
      'INSERT INTO request_notes (seq, duration_ms, drift) VALUES (?, ?, ?)',
      seq,
      input.durationMs ?? 0,
      input.drift,
    );
    noteDriftSince(context, input.request.endpointId, input.request.receivedAt);
  }
  if (isBounded) context.toTrim.add(`${input.verdict} ${input.request.endpointId}`);
}

/** Cuts the lazily captured requests of one verdict at one endpoint to the newest 1,000. Once per transaction. */
export function trimBounded(context: WriteContext, place: string): void {
  const [verdict = '', endpointId = ''] = place.split(' ');
  const oldest = context.sql.get<{ seq: number }>(
    `SELECT seq FROM requests WHERE endpoint_id = ? AND verdict = ? AND verdict <> 'accepted' AND bounded = 1
     ORDER BY seq DESC LIMIT 1 OFFSET ?`,
    endpointId,
    verdict,
    boundedRequests,
  );
  if (oldest === undefined) return;
  const stale = context.sql.all<{ seq: number }>(
    `SELECT seq FROM requests
     WHERE endpoint_id = ? AND verdict = ? AND verdict <> 'accepted' AND bounded = 1 AND seq <= ?`,
    endpointId,
    verdict,
    oldest.seq,
  );
  deleteRequests(
    context.sql,
    stale.map(({ seq }) => seq),
  );
}

/**
 * Notes what is learned once a stored request was answered. Kept beside the request: its own row is full to the brim of
 * its page and would be split by growing.
 */
export function noteReplies(context: WriteContext, notes: readonly StorableNote[]): void {
  for (const { id, reply, durationMs, drift = null } of notes) {
    const request = context.sql.get<{ seq: number; endpoint_id: string; received_at: number }>(
      'SELECT seq, endpoint_id, received_at FROM requests WHERE id = ?',
      id,
    );
    if (request === undefined) continue;
    context.sql.run(
      `INSERT INTO request_notes (seq, duration_ms, status, reply_headers, reply_body, drift) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (seq) DO UPDATE SET duration_ms = excluded.duration_ms, status = excluded.status,
         reply_headers = excluded.reply_headers, reply_body = excluded.reply_body, drift = excluded.drift`,
      request.seq,
      durationMs,
      reply?.status ?? null,
      reply?.headersJson ?? null,
      reply?.body ?? null,
      drift,
    );
    if (drift !== null) noteDriftSince(context, request.endpoint_id, request.received_at);
    // A duration alone is no news: whoever looks at the request reads it with the rest.
    if (reply !== null || drift !== null) context.emit('requests', id);
  }
}

/** Sets the triage of failed triggers; requests that are none are left alone. Answers those that were set. */
export function setTriage(
  context: WriteContext,
  { ids, triage }: { readonly ids: readonly string[]; readonly triage: Triage; readonly at: number },
): { readonly changed: readonly string[] } {
  const changed = ids.filter(
    (id) =>
      context.sql.run('UPDATE requests SET triage = ? WHERE id = ? AND triage IS NOT NULL', triage, id) > 0,
  );
  for (const id of changed) context.emit('requests', id);
  return { changed };
}
