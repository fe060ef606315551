/** Regression tests made of what was captured: files for `hookyard test`. */
import { call } from './connection.ts';

const toText = (file: unknown): string => `${JSON.stringify(file, null, 2)}\n`;

/** A captured request as a test. */
export const buildCase = (requestId: string): Promise<string> =>
  call(async (client) => toText(await client.cases.build({ id: requestId })));
/** A run that has ended as a test. */
export const buildCaseOfRun = (runId: string): Promise<string> =>
  call(async (client) => toText(await client.cases.buildFromRun({ id: runId })));
