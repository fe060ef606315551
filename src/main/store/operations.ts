/** Every write of the product by name: what the main thread may ask of the writer, with its input and output. */
import { admit } from './admission.ts';
import { decideApproval } from './approvals-write.ts';
import {
  insertEndpoint,
  learnEndpointSecret,
  noteSecretUse,
  removeEndpoint,
  removeEndpointSecrets,
  revokePrevious,
  saveEndpoints,
  setEndpointSecret,
  updateEndpoint,
} from './endpoints-write.ts';
import { expireHolds } from './holds.ts';
import { saveHealth } from './health-write.ts';
import { importRows, startImport } from './imports.ts';
import { addJobItems, endJob, insertJob, openJob, recoverJobs, settleJobItems } from './jobs-write.ts';
import { clearNotifications, readNotifications } from './notifications-write.ts';
import { probe } from './probe.ts';
import { forgetKeys, notePruning, pruneRequests, pruneRuns, reclaimPages } from './prune.ts';
import { changeEntity, insertEntity, removeEntity } from './entities-write.ts';
import { insertRecord, patchRecords, removeRecord, removeRecords, updateRecord } from './records-write.ts';
import { captureRefused, noteReplies, setTriage } from './requests-write.ts';
import { cancelRun, keepReady, recoverRuns, retryRun, startRuns, startStep } from './runs-write.ts';
import { setPins, snapshotDocument } from './test-runs.ts';
import { listenForSample, saveSample, takeSample } from './samples-write.ts';
import { armSchedule, fireSchedule } from './schedules-write.ts';
import { removeSecret, setSecret } from './secrets-write.ts';
import { setSetting } from './settings.ts';
import { settleStep } from './settle.ts';
import { insertToken, noteTokenUse, removeToken } from './tokens-write.ts';
import {
  commitVersion,
  insertWorkflow,
  removeWorkflow,
  setActive,
  setPaused,
  updateDraft,
} from './workflows-write.ts';
import type { LaterNote, UnadmittedRequest } from './encode.ts';
import type { TakenSample } from './samples-write.ts';
import type { Admission } from './types.ts';
import type { WriteContext } from './write-context.ts';

const operations = {
  addJobItems,
  admit,
  armSchedule,
  cancelRun,
  captureRefused,
  changeEntity,
  clearNotifications,
  commitVersion,
  decideApproval,
  expireHolds,
  fireSchedule,
  forgetKeys,
  endJob,
  importRows,
  insertEndpoint,
  insertEntity,
  insertJob,
  insertRecord,
  insertToken,
  insertWorkflow,
  keepReady,
  learnEndpointSecret,
  listenForSample,
  notePruning,
  noteReplies,
  noteSecretUse,
  noteTokenUse,
  openJob,
  patchRecords,
  probe,
  pruneRequests,
  pruneRuns,
  readNotifications,
  reclaimPages,
  recoverJobs,
  recoverRuns,
  removeEndpoint,
  removeEndpointSecrets,
  removeEntity,
  removeRecord,
  removeRecords,
  removeSecret,
  removeToken,
  removeWorkflow,
  retryRun,
  revokePrevious,
  saveEndpoints,
  saveHealth,
  saveSample,
  setActive,
  setEndpointSecret,
  setPins,
  setPaused,
  setSecret,
  setSetting,
  setTriage,
  settleJobItems,
  settleStep,
  snapshotDocument,
  startImport,
  startRuns,
  startStep,
  takeSample,
  updateDraft,
  updateEndpoint,
  updateRecord,
};

export type OperationName = keyof typeof operations;
export type OperationOutput<Name extends OperationName> = ReturnType<(typeof operations)[Name]>;

/** What the writer takes. */
type WriterInput<Name extends OperationName> = Parameters<(typeof operations)[Name]>[1];

/** What callers give, where the writer takes it in another form. */
interface FaceInputs {
  readonly admit: Admission;
  readonly captureRefused: UnadmittedRequest;
  readonly noteReplies: readonly LaterNote[];
  readonly takeSample: TakenSample;
}

/** What callers give. */
export type OperationInput<Name extends OperationName> = Name extends keyof FaceInputs
  ? FaceInputs[Name]
  : WriterInput<Name>;

/** Operations that may be lost when the process ends, and are never waited for. */
export type LazyOperationName = 'captureRefused' | 'noteReplies' | 'noteSecretUse' | 'noteTokenUse';

/** One operation with its input as the writer takes it. */
export interface Call<Name extends OperationName = OperationName> {
  readonly name: Name;
  readonly input: WriterInput<Name>;
}

const table: {
  readonly [Name in OperationName]: (
    context: WriteContext,
    input: WriterInput<Name>,
  ) => OperationOutput<Name>;
} = operations;

/** Runs one operation within the open transaction. */
export function runCall<Name extends OperationName>(
  context: WriteContext,
  call: Call<Name>,
): OperationOutput<Name> {
  return table[call.name](context, call.input);
}
