/** A person's word on a run that waits for it: the form is judged, the word taken at most once (SPEC 8, 11). */
import { AppError } from '../../shared/errors.ts';
import { checkForm, readFormFields } from '../../shared/model/form.ts';
import { isLive } from '../../shared/model/run.ts';
import type { Clock } from '../base/clock.ts';
import type { Store } from '../store/open-store.ts';
import { encodeOutput } from './encode.ts';
import type { RunContexts } from './run-contexts.ts';

const idPrefix = 'apv_';

/** The id of the question a step asks. */
export function approvalId(stepSeq: number): string {
  return `${idPrefix}${stepSeq}`;
}

/** The step an approval's id names; undefined for no id. @throws AppError `not_found` */
export function stepSeqOf(id: string | null | undefined): number | undefined {
  if (id === undefined || id === null) return undefined;
  const seq = id.startsWith(idPrefix) ? Number(id.slice(idPrefix.length)) : Number.NaN;
  if (Number.isSafeInteger(seq)) return seq;
  throw new AppError({ code: 'not_found', message: 'No such approval.' });
}

export interface ApprovalTools {
  readonly store: Store;
  readonly contexts: RunContexts;
  readonly clock: Clock;
  wake(): void;
}

export interface ApprovalWord {
  readonly runId: string;
  readonly nodeId: string;
  /** One of several questions of that step; absent: the oldest that waits. */
  readonly stepSeq?: number | undefined;
  readonly approved: boolean;
  readonly form: unknown;
  readonly comment: string;
  /** Who says so. */
  readonly by: string;
}

/** @throws AppError `invalid` for answers larger than an output may be */
function encodeWord(value: object): string {
  try {
    return encodeOutput(value) ?? 'null';
  } catch (cause) {
    const message = 'The answers are larger than 4 MiB.';
    throw new AppError({ code: 'invalid', message, details: { path: 'form' }, cause });
  }
}

/**
 * Approves or rejects.
 * @throws AppError `not_found` (no such run or approval in it), `conflict` (nothing waits there now), `invalid` (the form)
 */
export async function approve(tools: ApprovalTools, word: ApprovalWord): Promise<void> {
  const { store, contexts, clock } = tools;
  const { runId, nodeId } = word;
  const run = store.read.runs.byId(runId);
  const node =
    run === undefined ? undefined : contexts.graphOf(run.workflowId, run.version).nodes.get(nodeId);
  if (run === undefined || node?.type !== 'approval') {
    throw new AppError({
      code: 'not_found',
      message: run === undefined ? 'No such run.' : `The run has no approval "${nodeId}".`,
    });
  }
  const over = new AppError({
    code: 'conflict',
    message: isLive(run.status)
      ? 'Nobody is asked here now: it was answered already, or the run has yet to come here.'
      : 'The run has ended.',
  });
  if (!isLive(run.status)) throw over;
  const fields = readFormFields(node.config);
  // Who rejects owes no answers; what is given has to fit all the same.
  const wanted = word.approved ? fields : fields.map((field) => ({ ...field, required: false }));
  const issues = checkForm(wanted, word.form).map(({ path, message }) => ({
    path: path === '' ? 'form' : `form.${path}`,
    message,
  }));
  if (issues.length > 0) {
    throw new AppError({ code: 'invalid', message: issues[0]?.message, details: { issues } });
  }
  const at = clock.now();
  const value = {
    approved: word.approved,
    form: word.form ?? {},
    comment: word.comment,
    decidedAt: new Date(at).toISOString(),
    by: word.by,
  };
  const call = {
    runId,
    nodeId,
    stepSeq: word.stepSeq ?? null,
    valueJson: encodeWord(value),
    at,
  };
  // Woken in any case: what the store reports as failed may have been committed.
  const { applied } = await store.write('decideApproval', call).finally(() => tools.wake());
  if (!applied) throw over;
}
