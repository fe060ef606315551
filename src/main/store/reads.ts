/** Every read of the product, by aggregate. They answer at once, from the last commit. */
import { readApprovals } from './approvals-read.ts';
import { readChildren } from './children-read.ts';
import { readEndpoints } from './endpoints-read.ts';
import { readHealth } from './health-read.ts';
import { readImports } from './imports.ts';
import { readJobs } from './jobs-read.ts';
import { readNotifications } from './notifications-read.ts';
import { readOverview } from './overview-read.ts';
import { readRecords } from './records-read.ts';
import { readRequests } from './requests-read.ts';
import { readRetention } from './retention-read.ts';
import { readRuns } from './runs-read.ts';
import { readSamples } from './samples-read.ts';
import { readSchedules } from './schedules-read.ts';
import { readSecrets } from './secrets-read.ts';
import { readSettingValues } from './settings.ts';
import type { Sql } from './sql.ts';
import { readTokens } from './tokens-read.ts';
import { readWorkflows } from './workflows-read.ts';
import type { LiveCounts } from './write-context.ts';

/** Makes the reads on one connection. */
export function createReads(sql: Sql, counts: () => LiveCounts) {
  return {
    workflows: readWorkflows(sql),
    approvals: readApprovals(sql),
    children: readChildren(sql),
    endpoints: readEndpoints(sql),
    health: readHealth(sql),
    imports: readImports(sql),
    jobs: readJobs(sql),
    requests: readRequests(sql),
    runs: readRuns(sql, counts),
    notifications: readNotifications(sql),
    records: readRecords(sql),
    samples: readSamples(sql),
    schedules: readSchedules(sql),
    secrets: readSecrets(sql),
    tokens: readTokens(sql),
    settings: readSettingValues(sql),
    overview: readOverview(sql),
    retention: readRetention(sql),
  };
}

export type StoreReads = ReturnType<typeof createReads>;
