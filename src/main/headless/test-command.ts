/**
 * `hookyard test <folder>`: runs regression tests headless, a few at a time, and ends by their result: 0 all passed,
 * 1 some failed, 2 a bad option or file.
 */
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { AppError, toAppError } from '../../shared/errors.ts';
import { type CaseFile, writeCase } from '../../shared/model/case.ts';
import { createSilentLogger } from '../base/logger.ts';
import { CaseFault, playCase } from './test-case.ts';
import { compareCase, expectationOf } from './test-compare.ts';
import { type FoundCase, findCases } from './test-files.ts';
import { startTestHost, type TestParts } from './test-host.ts';
import { parseTestOptions, type TestOptions, testUsage } from './test-options.ts';
import { type CaseReport, jsonOf, linesOf, summaryOf } from './test-report.ts';

/** Apps at once, at most. */
const mostLanes = 4;

/** Where its words go. */
export interface Speaker {
  result(text: string): void;
  fault(text: string): void;
}

const aloud: Speaker = {
  result: (text) => void process.stdout.write(text),
  fault: (text) => void process.stderr.write(text),
};

/** Runs the command and tells its exit code. Results go to standard output, faults of the call to standard error. */
export async function runTestCommand(
  parts: TestParts,
  args: readonly string[],
  say: Speaker = aloud,
): Promise<number> {
  if (args.includes('--help')) {
    say.result(testUsage);
    return 0;
  }
  try {
    const options = parseTestOptions(args);
    const found = (await findCases(options.folder)).filter((one) => isWanted(one, options.filter));
    if (found.length === 0)
      throw new AppError({ code: 'bad_option', message: `There is no such case below ${options.folder}.` });
    return await runAll(parts, options, found, say);
  } catch (error) {
    const { code, message } = toAppError(error);
    say.fault(`hookyard: ${code === 'internal' ? String(error) : message}\n`);
    return code === 'bad_option' ? 2 : 1;
  }
}

function isWanted({ file, content }: FoundCase, filter: string): boolean {
  const name = 'fault' in content ? '' : content.name;
  return file.toLowerCase().includes(filter) || name.toLowerCase().includes(filter);
}

async function runAll(
  parts: TestParts,
  options: TestOptions,
  found: readonly FoundCase[],
  say: Speaker,
): Promise<number> {
  const began = performance.now();
  const waiting = [...found.keys()];
  const reports: CaseReport[] = [];
  const lanes = Math.min(mostLanes, availableParallelism(), found.length);
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
        const one = found[index];
        if (one === undefined) continue;
        const report = await runOne(parts, options, one);
        reports.push(report);
        if (!options.json) say.result(`${linesOf(report).join('\n')}\n`);
      }
    }),
  );
  const ms = performance.now() - began;
  const inOrder = reports.toSorted((one, other) => (one.file < other.file ? -1 : 1));
  say.result(`${options.json ? jsonOf(inOrder, ms) : summaryOf(inOrder, ms)}\n`);
  if (reports.some(({ status }) => status === 'broken')) return 2;
  return reports.some(({ status }) => status === 'failed') ? 1 : 0;
}

async function runOne(
  parts: TestParts,
  options: TestOptions,
  { path, file, content }: FoundCase,
): Promise<CaseReport> {
  const began = performance.now();
  const report = (part: Partial<CaseReport> & Pick<CaseReport, 'status'>): CaseReport => ({
    file,
    name: 'fault' in content ? null : content.name,
    ms: performance.now() - began,
    differences: [],
    message: null,
    ...part,
  });
  if ('fault' in content) return report({ status: 'broken', message: content.fault });
  try {
    const played = await play(parts, options, content);
    const differences = compareCase(content, played);
    if (differences.length === 0) return report({ status: 'passed' });
    if (!options.update) return report({ status: 'failed', differences });
    await writeFile(path, writeCase({ ...content, expect: expectationOf(content, played) }));
    return report({ status: 'updated', differences });
  } catch (error) {
    return report({ status: 'failed', message: sentenceOf(error, options) });
  }
}

async function play(parts: TestParts, { timeoutMs }: TestOptions, content: CaseFile) {
  const host = await startTestHost(parts, content, createSilentLogger());
  try {
    return await playCase(host, content, AbortSignal.timeout(timeoutMs));
  } finally {
    await host.close();
  }
}

function sentenceOf(error: unknown, { timeoutMs }: TestOptions): string {
  if (error instanceof CaseFault) return error.message;
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))
    return `It took longer than ${timeoutMs / 1_000} s.`;
  return toAppError(error).code === 'internal' ? String(error) : toAppError(error).message;
}
