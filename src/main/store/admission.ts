/**
 * The one transaction behind a 2xx (SPEC 4.11, 4.12): the request with its bytes, its dedupe key, and the runs it starts or
 * the wait it resumes. What turns out to be a twin or to have nowhere to go is stored as that.
 */
import type { StorableAdmission } from './encode.ts';
import { runsOfFirst } from './request-runs.ts';
import { insertRequest } from './requests-write.ts';
import type { RequestFate } from './requests-write.ts';
import { insertRun } from './runs-write.ts';
import type { AdmissionOutcome } from './types.ts';
import { holdDelivery, nodesYetToReach, resumeOldest } from './waits.ts';
import type { WriteContext } from './write-context.ts';

interface FirstDelivery {
  readonly request_seq: number;
  readonly body_hash: string;
  readonly expires_at: number;
}

/** Admits a request, or tells why it starts nothing. Only `busy` stores nothing. */
export function admit(context: WriteContext, admission: StorableAdmission): AdmissionOutcome {
  const first = findFirst(context, admission);
  if (first !== undefined) return storeTwin(context, admission, first);

  const { requireTarget: target, request } = admission;
  if (target !== null) {
    const record = context.sql.get(
      'SELECT 1 FROM records WHERE cuid = ? AND entity = ?',
      target.cuid,
      target.entity,
    );
    if (record === undefined) {
      const text = `There is no ${target.entity} with the cuid ${target.cuid}.`;
      return { kind: 'target_not_found', seq: storeRefusal(context, admission, 'target_not_found', text) };
    }
  }

  const { queued, running } = context.live;
  if (queued + running + admission.runs.length > admission.queueLimit) return { kind: 'busy' };

  const { resume } = admission;
  const at = request.receivedAt;
  if (resume !== null) {
    const runId = resumeOldest(context, resume, request.id, at);
    if (runId !== undefined) {
      const seq = store(context, admission, { verdict: 'accepted', resumedRunId: runId });
      return { kind: 'resumed', seq, runId };
    }
  }
  if (admission.runs.length > 0 || resume === null) {
    const seq = store(context, admission, { verdict: 'accepted', reply: admission.reply });
    for (const run of admission.runs) insertRun(context, run, { seq, id: request.id }, at);
    return { kind: 'started', seq, runIds: admission.runs.map((run) => run.id) };
  }
  const places = resume.holdMs > 0 ? nodesYetToReach(context, resume) : [];
  if (places.length > 0) {
    const seq = store(context, admission, { verdict: 'held' });
    holdDelivery(context, seq, resume, places, at + resume.holdMs);
    return { kind: 'held', seq };
  }
  const text = 'No run waits here for this request, and none is on its way.';
  return { kind: 'no_waiting_step', seq: storeRefusal(context, admission, 'no_waiting_step', text) };
}

/** The delivery a key was first used by, while its window lasts. */
function findFirst(context: WriteContext, { dedupe, request }: StorableAdmission): FirstDelivery | undefined {
  if (dedupe === null) return undefined;
  const first = context.sql.get<FirstDelivery>(
    'SELECT request_seq, body_hash, expires_at FROM dedupe_keys WHERE endpoint_id = ? AND key = ?',
    request.endpointId,
    dedupe.key,
  );
  return first !== undefined && first.expires_at > request.receivedAt ? first : undefined;
}

/** Stores another delivery of a known key. */
function storeTwin(
  context: WriteContext,
  admission: StorableAdmission,
  first: FirstDelivery,
): AdmissionOutcome {
  const row = context.sql.get<{ id: string }>('SELECT id FROM requests WHERE seq = ?', first.request_seq);
  const earlier = row?.id ?? 'an earlier request';
  if (first.body_hash !== admission.dedupe?.bodyHash) {
    const text = `The idempotency key was used by ${earlier} with another body.`;
    return { kind: 'mismatch', seq: storeRefusal(context, admission, 'idempotency_mismatch', text) };
  }
  const seq = store(context, admission, {
    verdict: 'duplicate',
    reason: 'duplicate',
    reasonText: `The same delivery as ${earlier}; nothing was started again.`,
    firstSeq: first.request_seq,
  });
  return { kind: 'duplicate', seq, runIds: runsOfFirst(context.sql, first.request_seq).map((run) => run.id) };
}

function storeRefusal(
  context: WriteContext,
  admission: StorableAdmission,
  reason: string,
  reasonText: string,
): number {
  return store(context, admission, { verdict: 'rejected', reason, reasonText });
}

/** Stores the request; its key is remembered only with what was taken, so that a refused delivery may come again. */
function store(
  context: WriteContext,
  { request, dedupe }: StorableAdmission,
  fate: Pick<RequestFate, 'verdict'> & Partial<RequestFate>,
): number {
  const seq = insertRequest(context, request, {
    reason: null,
    reasonText: null,
    reply: null,
    durationMs: null,
    dedupeKey: dedupe?.key ?? null,
    firstSeq: null,
    resumedRunId: null,
    bodySize: request.body.byteLength,
    isBounded: false,
    ...fate,
  });
  if (dedupe !== null && (fate.verdict === 'accepted' || fate.verdict === 'held')) {
    context.sql.run(
      `INSERT INTO dedupe_keys (endpoint_id, key, body_hash, request_seq, expires_at) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (endpoint_id, key) DO UPDATE SET body_hash = excluded.body_hash,
         request_seq = excluded.request_seq, expires_at = excluded.expires_at`,
      request.endpointId,
      dedupe.key,
      dedupe.bodyHash,
      seq,
      request.receivedAt + dedupe.windowMs,
    );
  }
  return seq;
}
