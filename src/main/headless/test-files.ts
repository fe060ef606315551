/** The case files below a folder: found, read and judged before anything is run. */
import { readFile, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import { type CaseFile, caseSchema } from '../../shared/model/case.ts';
import { formatPath } from '../../shared/model/document.ts';

/** A file: a case, or what is wrong with it. */
export interface FoundCase {
  /** Absolute. */
  readonly path: string;
  /** From the folder on, with slashes. */
  readonly file: string;
  readonly content: CaseFile | { readonly fault: string };
}

/** Files that are no cases and would only cost time. */
const skipped = new Set(['node_modules', '.git']);

async function read(path: string): Promise<FoundCase['content']> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    return { fault: `It can not be read as JSON: ${error instanceof Error ? error.message : String(error)}` };
  }
  const parsed = caseSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return { fault: `It is no case: ${formatPath(issue?.path ?? [])}: ${issue?.message ?? ''}` };
}

/**
 * The cases below a folder, in the order of their paths.
 * @throws AppError `bad_option` when the folder can not be read
 */
export async function findCases(folder: string): Promise<readonly FoundCase[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new AppError({ code: 'bad_option', message: `The folder ${folder} can not be read.`, cause });
  });
  const paths = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.case.json'))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (path) =>
        !relative(folder, path)
          .split(/[\\/]/)
          .some((part) => skipped.has(part)),
    )
    .toSorted();
  return Promise.all(
    paths.map(async (path) => ({
      path,
      file: relative(folder, path).replaceAll('\\', '/'),
      content: await read(path),
    })),
  );
}
