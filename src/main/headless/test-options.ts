/** What `hookyard test` is told on its command line. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '../../shared/errors.ts';

export interface TestOptions {
  /** Absolute. */
  readonly folder: string;
  /** Print one JSON object instead of lines. */
  readonly json: boolean;
  /** Write what came into the files as what is expected. */
  readonly update: boolean;
  /** Only cases with this in their file name or name, in whatever case. */
  readonly filter: string;
  /** How long one case may take. */
  readonly timeoutMs: number;
}

/** Printed by `hookyard test --help`. */
export const testUsage = `hookyard test <folder>   runs every *.case.json below a folder
  --filter <text>      only those with this text in their path or name
  --timeout <seconds>  how long one may take (30)
  --update             write what came into the files as what is expected
  --json               print one JSON object
Exit code: 0 all passed, 1 some failed, 2 bad option or file.
`;

const flags = {
  json: { type: 'boolean' },
  update: { type: 'boolean' },
  filter: { type: 'string' },
  timeout: { type: 'string' },
} as const;

function readArgs(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, allowPositionals: true });
  } catch (cause) {
    const said = cause instanceof Error ? cause.message : 'Unknown option.';
    const [sentence = said] = said.split(/\n|(?<=[^.])\. /);
    throw new AppError({ code: 'bad_option', message: sentence.replace(/\.?$/, '.'), cause });
  }
}

/** Reads the options. @throws AppError `bad_option` with a sentence that names the option */
export function parseTestOptions(args: readonly string[]): TestOptions {
  const { values, positionals } = readArgs(args);
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) {
    throw new AppError({ code: 'bad_option', message: 'Name one folder: hookyard test <folder>.' });
  }
  const seconds = values.timeout === undefined ? 30 : Number(values.timeout);
  if (!(seconds > 0 && seconds <= 86_400)) {
    throw new AppError({ code: 'bad_option', message: '--timeout must be a number of seconds.' });
  }
  return {
    folder: resolve(folder),
    json: values.json === true,
    update: values.update === true,
    filter: (values.filter ?? '').toLowerCase(),
    timeoutMs: seconds * 1_000,
  };
}
