/** Every migration, oldest first. A new one is a new file and one line here. */
import { initial } from './0001-initial.ts';
import { searchAndRetention } from './0002-search-and-retention.ts';
import { samples } from './0003-samples.ts';
import { endpointHealth } from './0004-endpoint-health.ts';
import { jobsAndComingWaits } from './0005-jobs-and-coming-waits.ts';
import { framesAndJoins } from './0006-frames-and-joins.ts';
import { slots } from './0007-slots.ts';
import { people } from './0008-people.ts';
import { records } from './0009-records.ts';
import { testRuns } from './0011-test-runs.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [
  initial,
  searchAndRetention,
  samples,
  endpointHealth,
  jobsAndComingWaits,
  framesAndJoins,
  slots,
  people,
  records,
  testRuns,
];
