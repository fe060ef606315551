/**
 * The one transaction behind a 2xx (SPEC 4.11, 4.12): the request with its bytes, its dedupe key, and the runs it starts or
 * the wait it resumes. What turns out to be a twin or to have nowhere to go is stored as that.
 */
import type { Target } from '../../shared/model/run.ts';
import { markOf } from './dedupe-keys.ts';
import type { FirstUse } from './dedupe-keys.ts';
import type { StorableAdmission } from './encode.ts';
import { runsOfFirst } from './request-runs.ts';
import { insertRequest } from './requests-write.ts';
import type { RequestFate } from './requests-write.ts';
import { insertRun } from './runs-write.ts';
import type { AdmissionOutcome } from './types.ts';
import { holdDelivery } from './holds.ts';
import { placesToCome } from './coming-waits.ts';
import { resumeOldest } from './waits.ts';
import type { WriteContext } from './write-context.ts';

/** Admits a request, or tells why it starts nothing. Only `busy` stores nothing. */
export function admit(context: WriteContext, admission: StorableAdmission): AdmissionOutcome {
  const { dedupe, requireTarget: target, request } = admission;
  const at = request.receivedAt;
  const mark = dedupe === null ? null : markOf(request.endpointId, dedupe.key);
  if (dedupe !== null && mark !== null) {
    const first = context.keys.find(mark, dedupe.bodyHash, at);
    if (first !== undefined) return storeTwin(context, admission, first);
  }
  if (target !== null && !hasRecord(context, target)) {
    const text = `There is no ${target.entity} with the cuid ${target.cuid}.`;
    return { kind: 'target_not_found', seq: storeRefusal(context, admission, 'target_not_found', text) };
  }
  const { queued, running } = context.live;
  if (queued + running + admission.runs.length > admission.queueLimit) return { kind: 'busy' };

  const outcome = take(context, admission);
  // A key is remembered only with what was taken, so that a refused delivery may come again.
  if (dedupe !== null && mark !== null && outcome.kind !== 'no_waiting_step') {
    context.keys.remember(mark, dedupe.bodyHash, outcome.seq, at + dedupe.windowMs);
  }
  return outcome;
}

type Taken = Extract<AdmissionOutcome, { kind: 'started' | 'resumed' | 'held' | 'no_waiting_step' }>;

/** Resumes, starts or holds; refuses what nothing could ever take. */
function take(context: WriteContext, admission: StorableAdmission): Taken {
  const { request, resume } = admission;
  const at = request.receivedAt;
  const resumed = resume === null ? undefined : resumeOldest(context, resume, request.id, at);
  // What is known to be on its way takes the delivery as well as what waits already.
  const places = resume === null || resumed !== undefined ? [] : placesToCome(context, resume.wishes);
  const known = places.filter((place) => place.isKnown);
  const taking = new Set(
    [...known, ...(resumed === undefined ? [] : [resumed])].map((one) => one.workflowId),
  );
  const runs = admission.runs.filter(
    (run) => !(resume?.insteadOf.includes(run.id) === true && taking.has(run.workflowId)),
  );
  const start = (seq: number): readonly string[] => {
    for (const run of runs) insertRun(context, run, { seq, id: request.id }, at);
    return runs.map((run) => run.id);
  };
  if (resumed !== undefined) {
    const { runId } = resumed;
    const seq = store(context, admission, { verdict: 'accepted', resumedRunId: runId });
    return { kind: 'resumed', seq, runId, runIds: start(seq) };
  }
  if (runs.length > 0 || (resume === null && admission.runs.length === 0)) {
    // The answer was made for all the runs.
    const reply = runs.length === admission.runs.length ? admission.reply : null;
    const seq = store(context, admission, { verdict: 'accepted', reply });
    if (resume !== null) holdDelivery(context, { seq, at }, resume, known);
    return { kind: 'started', seq, runIds: start(seq) };
  }
  if (resume !== null && places.length > 0) {
    const seq = store(context, admission, { verdict: 'held' });
    holdDelivery(context, { seq, at }, resume, places);
    return { kind: 'held', seq };
  }
  const text = 'No run waits here for this request, and none is on its way.';
  return { kind: 'no_waiting_step', seq: storeRefusal(context, admission, 'no_waiting_step', text) };
}

function hasRecord({ sql }: WriteContext, { entity, cuid }: Target): boolean {
  return sql.get('SELECT 1 FROM records WHERE cuid = ? AND entity = ?', cuid, entity) !== undefined;
}

/** Stores another delivery of a known key. */
function storeTwin(context: WriteContext, admission: StorableAdmission, first: FirstUse): AdmissionOutcome {
  const row = context.sql.get<{ id: string }>('SELECT id FROM requests WHERE seq = ?', first.requestSeq);
  const earlier = row?.id ?? 'an earlier request';
  if (!first.isSameBody) {
    const text = `The idempotency key was used by ${earlier} with another body.`;
    return { kind: 'mismatch', seq: storeRefusal(context, admission, 'idempotency_mismatch', text) };
  }
  const seq = store(context, admission, {
    verdict: 'duplicate',
    reason: 'duplicate',
    reasonText: `The same delivery as ${earlier}; nothing was started again.`,
    firstSeq: first.requestSeq,
  });
  return { kind: 'duplicate', seq, runIds: runsOfFirst(context.sql, first.requestSeq).map((run) => run.id) };
}

function storeRefusal(
  context: WriteContext,
  admission: StorableAdmission,
  reason: string,
  reasonText: string,
): number {
  return store(context, admission, { verdict: 'rejected', reason, reasonText });
}

function store(
  context: WriteContext,
  { request, dedupe }: StorableAdmission,
  fate: Pick<RequestFate, 'verdict'> & Partial<RequestFate>,
): number {
  return insertRequest(context, request, {
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
}
