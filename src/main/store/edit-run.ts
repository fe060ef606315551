/** Changes what a repeated run begins with: another payload, other outputs of the steps that are kept. */
import type { RunEdits } from '../../shared/model/run.ts';
import type { WriteContext } from './write-context.ts';

/** What is edited before a run is repeated; JSON texts. */
export interface RunEdit {
  readonly note: RunEdits;
  /** The payload and the parameters found in it; absent: as before. */
  readonly input?: { readonly inputJson: string | null; readonly paramsJson: string | null };
  /** By node id. */
  readonly outputs: Readonly<Record<string, string | null>>;
}

/** Applies an edit to the run just made, in the transaction that makes it. */
export function applyEdit({ sql }: WriteContext, runSeq: number, { note, input, outputs }: RunEdit): void {
  sql.run('UPDATE runs SET edits = ? WHERE seq = ?', JSON.stringify(note), runSeq);
  if (input !== undefined) {
    sql.run('UPDATE runs SET input = ?, params = ? WHERE seq = ?', input.inputJson, input.paramsJson, runSeq);
  }
  for (const [nodeId, output] of Object.entries(outputs)) {
    sql.run(
      `UPDATE steps SET output = ?, output_request_id = NULL, status = 'succeeded', error = NULL
       WHERE run_seq = ? AND node_id = ? AND finished_at IS NOT NULL`,
      output,
      runSeq,
      nodeId,
    );
  }
}
