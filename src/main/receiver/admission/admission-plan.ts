/** What an accepted request will do, decided before the transaction that does it. */
import type { Target } from '../../../shared/model/run.ts';
import type { PlannedRun, ResumeWanted } from '../../store/types.ts';

export interface AdmissionPlan {
  readonly runs: readonly PlannedRun[];
  /** Null together with no runs: nothing could ever take this request. */
  readonly resume: ResumeWanted | null;
  /** Record that must exist. */
  readonly requireTarget: Target | null;
}
