/**
 * The contract: every procedure and live event once, for the desktop window, the browser and `/v1`.
 * The renderer imports it as a type only.
 */
import type { ContractRouterClient } from '@orpc/contract';
import { approvals } from './approvals.ts';
import { cases } from './cases.ts';
import { endpoints } from './endpoints.ts';
import { expressions } from './expressions.ts';
import { jobs } from './jobs.ts';
import { notifications } from './notifications.ts';
import { pins } from './pins.ts';
import { entities, records } from './records.ts';
import { failedTriggers, requests } from './requests.ts';
import { runs } from './runs.ts';
import { schedules } from './schedules.ts';
import { catalog, live, secrets, settings, status, tokens } from './system.ts';
import { triggers } from './triggers.ts';
import { templates, workflowFiles } from './workflow-files.ts';
import { workflows } from './workflows.ts';

export const contract = {
  workflows: { ...workflows, ...workflowFiles },
  templates,
  expressions,
  runs,
  pins,
  cases,
  approvals,
  endpoints,
  requests,
  failedTriggers,
  jobs,
  triggers,
  schedules,
  notifications,
  entities,
  records,
  secrets,
  tokens,
  settings,
  status,
  catalog,
  live,
};

/** A client of the contract, over whatever transport. */
export type HookyardClient = ContractRouterClient<typeof contract>;
