/** The whole contract implemented: one router for the window, the admin page and `/v1`. */
import { approvalProcedures } from './approvals.ts';
import { caseProcedures } from './cases.ts';
import { endpointProcedures } from './endpoints.ts';
import { exportProcedures } from './export-workflow.ts';
import { expressionProcedures } from './expressions.ts';
import { failedTriggerProcedures } from './failed-triggers.ts';
import { importProcedures } from './import.ts';
import { jobProcedures } from './jobs.ts';
import { liveProcedures } from './live.ts';
import { notificationProcedures } from './notifications.ts';
import type { ApiParts } from './parts.ts';
import { pinProcedures } from './pins.ts';
import { createProcedures } from './procedures.ts';
import { entityProcedures, recordProcedures } from './records.ts';
import { requestProcedures } from './requests.ts';
import { runJobProcedures } from './run-jobs.ts';
import { runProcedures } from './runs.ts';
import { scheduleProcedures } from './schedules.ts';
import { secretProcedures } from './secrets.ts';
import { systemProcedures } from './system.ts';
import { templateProcedures } from './templates.ts';
import { tokenProcedures } from './tokens.ts';
import { triggerProcedures } from './triggers.ts';
import { createTurns } from './turns.ts';
import { versionProcedures } from './versions.ts';
import { pauseProcedures } from './workflow-pause.ts';
import { workflowProcedures } from './workflows.ts';

/** Builds the router over the floors below. */
export function createRouter(parts: ApiParts) {
  const os = createProcedures(parts.logger);
  const inTurn = createTurns();
  return os.router({
    workflows: {
      ...workflowProcedures(os, parts, inTurn),
      ...versionProcedures(os, parts, inTurn),
      ...pauseProcedures(os, parts),
      ...exportProcedures(os, parts),
      ...importProcedures(os, parts, inTurn),
    },
    templates: templateProcedures(os, parts, inTurn),
    expressions: expressionProcedures(os, parts),
    runs: { ...runProcedures(os, parts), ...runJobProcedures(os, parts) },
    pins: pinProcedures(os, parts),
    cases: caseProcedures(os, parts),
    approvals: approvalProcedures(os, parts),
    endpoints: endpointProcedures(os, parts, inTurn),
    requests: requestProcedures(os, parts),
    failedTriggers: failedTriggerProcedures(os, parts),
    jobs: jobProcedures(os, parts),
    triggers: triggerProcedures(os, parts, inTurn),
    schedules: scheduleProcedures(os, parts),
    notifications: notificationProcedures(os, parts),
    entities: entityProcedures(os, parts),
    records: recordProcedures(os, parts),
    secrets: secretProcedures(os, parts),
    tokens: tokenProcedures(os, parts),
    live: liveProcedures(os, parts),
    ...systemProcedures(os, parts),
  });
}
export type ApiRouter = ReturnType<typeof createRouter>;
