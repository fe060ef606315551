/**
 * Frames: the rounds of loops. All are written when their loop begins; the transaction in which one ends begins the
 * next, and the one in which the last ends makes the loop due again (SPEC 8, loop).
 */
import type { RunError } from '../../shared/model/run.ts';
import { endRound, expectRounds } from './coming-waits.ts';
import { enterSteps, wakeJoins } from './joins.ts';
import { addChanges, type CountChange, type StepPlace, unchanged } from './step-queue.ts';
import type { JoinPlan, PlannedStep, StepSettlement } from './types.ts';
import type { WriteContext } from './write-context.ts';

/** What a loop needs to begin a round, as it is kept. */
interface LoopBody {
  readonly steps: readonly PlannedStep[];
  readonly joins?: readonly JoinPlan[];
  /** Waits inside, those of loops inside it too. */
  readonly waits: readonly string[];
}

/** Reads what `beginLoop` wrote; the writer does without validators. */
function readBody(text: string): LoopBody {
  const body: unknown = JSON.parse(text);
  if (!isBody(body)) throw new TypeError('a loop has no body');
  return body;
}

function isBody(value: unknown): value is LoopBody {
  return typeof value === 'object' && value !== null && 'steps' in value && 'waits' in value;
}

interface FrameColumns {
  readonly seq: number;
  readonly run_seq: number;
  readonly loop_step_seq: number;
  readonly parent_seq: number | null;
  readonly open_steps: number;
  readonly catches: number;
  readonly body: string;
}

const selectFrame = `SELECT f.seq, f.run_seq, f.loop_step_seq, f.parent_seq, f.open_steps, l.catches, l.body
  FROM frames AS f JOIN loops AS l ON l.step_seq = f.loop_step_seq`;

function findFrame({ sql }: WriteContext, seq: number): FrameColumns | undefined {
  return sql.get<FrameColumns>(`${selectFrame} WHERE f.seq = ?`, seq);
}

/** Writes the rounds of a loop and begins the first of them. */
export function beginLoop(
  context: WriteContext,
  { runSeq, frameSeq }: StepPlace,
  { stepSeq: loopStepSeq, joins, at }: Pick<StepSettlement, 'stepSeq' | 'joins' | 'at'>,
  outcome: Extract<StepSettlement['outcome'], { kind: 'looping' }>,
): CountChange {
  const { sql } = context;
  const body: LoopBody = {
    steps: outcome.body,
    ...(joins === undefined ? {} : { joins }),
    waits: outcome.waits.map(({ nodeId }) => nodeId),
  };
  sql.run(
    'INSERT INTO loops (step_seq, run_seq, count, catches, body) VALUES (?, ?, ?, ?, ?)',
    loopStepSeq,
    runSeq,
    outcome.items.length,
    outcome.catches ? 1 : 0,
    JSON.stringify(body),
  );
  const seqs = outcome.items.map((item, index) =>
    sql.insert(
      `INSERT INTO frames (run_seq, loop_step_seq, parent_seq, idx, status, item) VALUES (?, ?, ?, ?, 'queued', ?)`,
      runSeq,
      loopStepSeq,
      frameSeq,
      index,
      item,
    ),
  );
  expectRounds(context, { runSeq, frameSeq }, seqs, outcome.waits);
  return addChanges(
    ...seqs
      .slice(0, outcome.concurrency)
      .map((seq) => beginRound(context, runSeq, loopStepSeq, seq, body, at)),
  );
}

function beginRound(
  context: WriteContext,
  runSeq: number,
  loopStepSeq: number,
  frameSeq: number,
  { steps, joins }: LoopBody,
  at: number,
): CountChange {
  const place = { runSeq, frameSeq };
  const due = steps.map((step) => ({ ...step, dueAt: at }));
  const entered = enterSteps(context, place, due, joins, () => loopStepSeq);
  context.sql.run(
    "UPDATE frames SET status = 'running', open_steps = ? WHERE seq = ?",
    entered.open,
    frameSeq,
  );
  return addChanges(entered, wakeJoins(context, place, joins, at));
}

/** What a step that has ended changes beyond itself. */
export interface FrameChange extends CountChange {
  /** Its round has ended with it. */
  readonly isOver: boolean;
}

/** A step of a frame has ended, and others were added to it; with its last one the round ends. */
export function leaveFrame(
  context: WriteContext,
  frameSeq: number,
  { openBy, stepSeq, at }: { readonly openBy: number; readonly stepSeq: number; readonly at: number },
): FrameChange {
  const frame = findFrame(context, frameSeq);
  if (frame === undefined) return { ...unchanged, isOver: false };
  const open = frame.open_steps + openBy;
  if (open === 0) return endFrame(context, frame, { status: 'succeeded', error: null, stepSeq, at });
  if (openBy !== 0) context.sql.run('UPDATE frames SET open_steps = ? WHERE seq = ?', open, frameSeq);
  return { ...unchanged, isOver: false };
}

/** A step of a frame failed: ends the nearest round whose loop goes on after failures. Undefined: there is none. */
export function catchFailure(
  context: WriteContext,
  frameSeq: number,
  { error, stepSeq, at }: { readonly error: RunError; readonly stepSeq: number; readonly at: number },
): FrameChange | undefined {
  let frame = findFrame(context, frameSeq);
  while (frame !== undefined && frame.catches === 0) {
    frame = frame.parent_seq === null ? undefined : findFrame(context, frame.parent_seq);
  }
  if (frame === undefined) return undefined;
  const cancelled = cancelFrames(context, frame.run_seq, [frame.seq], at);
  const ended = endFrame(context, frame, { status: 'failed', error, stepSeq, at });
  return { ...addChanges(cancelled, ended), isOver: true };
}

/** A loop ends before its rounds: they are cancelled. */
export function cancelRounds(
  context: WriteContext,
  runSeq: number,
  loopStepSeq: number,
  at: number,
): CountChange {
  const frames = context.sql.all<{ seq: number }>(
    "SELECT seq FROM frames WHERE loop_step_seq = ? AND status IN ('queued', 'running')",
    loopStepSeq,
  );
  const seqs = frames.map(({ seq }) => seq);
  return cancelFrames(context, runSeq, seqs, at);
}

function endFrame(
  context: WriteContext,
  frame: FrameColumns,
  end: {
    readonly status: 'succeeded' | 'failed';
    readonly error: RunError | null;
    readonly stepSeq: number;
    readonly at: number;
  },
): FrameChange {
  const { sql } = context;
  sql.run(
    'UPDATE frames SET status = ?, open_steps = 0, last_step_seq = ?, error = ? WHERE seq = ?',
    end.status,
    end.stepSeq,
    end.error === null ? null : JSON.stringify(end.error),
    frame.seq,
  );
  const body = readBody(frame.body);
  endRound(context, frame.run_seq, frame.seq, body.waits);
  return { ...goOn(context, frame, body, end.at), isOver: true };
}

/** The next round begins; after the last the loop is due again. */
function goOn(context: WriteContext, frame: FrameColumns, body: LoopBody, at: number): CountChange {
  const { sql } = context;
  const { run_seq: runSeq, loop_step_seq: loopStepSeq } = frame;
  const next = sql.get<{ seq: number }>(
    "SELECT seq FROM frames WHERE loop_step_seq = ? AND status = 'queued' ORDER BY seq LIMIT 1",
    loopStepSeq,
  );
  if (next !== undefined) return beginRound(context, runSeq, loopStepSeq, next.seq, body, at);
  const running = sql.get(
    "SELECT 1 FROM frames WHERE loop_step_seq = ? AND status = 'running' LIMIT 1",
    loopStepSeq,
  );
  if (running !== undefined) return unchanged;
  sql.run(
    `UPDATE steps SET status = 'queued', ready_at = ?, due_at = NULL, waiting_for = NULL
     WHERE seq = ? AND status = 'waiting'`,
    at,
    loopStepSeq,
  );
  return { open: 0, waiting: -1 };
}

const inside = `(WITH RECURSIVE inside (seq) AS (SELECT value FROM json_each(?)
    UNION ALL SELECT f.seq FROM inside AS i JOIN frames AS f ON f.parent_seq = i.seq) SELECT seq FROM inside)`;
const isOpen = "status IN ('queued', 'running', 'waiting')";

/** Cancels what is open in frames and in those inside them. */
function cancelFrames(
  context: WriteContext,
  runSeq: number,
  frameSeqs: readonly number[],
  at: number,
): CountChange {
  const { sql } = context;
  const list = JSON.stringify(frameSeqs);
  const counts = sql.get<{ open: number; waiting: number }>(
    `SELECT count(*) AS open, count(*) FILTER (WHERE status = 'waiting') AS waiting FROM steps
     WHERE frame_seq IN ${inside} AND ${isOpen}`,
    list,
  );
  sql.run(
    `DELETE FROM waits WHERE step_seq IN (SELECT seq FROM steps WHERE frame_seq IN ${inside} AND ${isOpen})`,
    list,
  );
  sql.run(
    `UPDATE steps SET status = 'cancelled', ready_at = NULL, due_at = NULL, finished_at = ?
     WHERE frame_seq IN ${inside} AND ${isOpen}`,
    at,
    list,
  );
  sql.run(
    `UPDATE frames SET status = 'cancelled', open_steps = 0
     WHERE seq IN ${inside} AND status IN ('queued', 'running')`,
    list,
  );
  if (sql.get('SELECT 1 FROM coming_waits WHERE run_seq = ? LIMIT 1', runSeq) !== undefined) {
    sql.run(
      `UPDATE coming_waits SET state = 0 WHERE run_seq = ? AND state = 1 AND frame_seq IN ${inside}`,
      runSeq,
      list,
    );
  }
  return { open: -(counts?.open ?? 0), waiting: -(counts?.waiting ?? 0) };
}

/** The run has ended before its rounds. */
export function cancelFramesOfRun({ sql }: WriteContext, runSeq: number): void {
  sql.run(
    "UPDATE frames SET status = 'cancelled' WHERE run_seq = ? AND status IN ('queued', 'running')",
    runSeq,
  );
}
