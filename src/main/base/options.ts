/**
 * The options of SPEC 1, read from the command line and from `HOOKYARD_<NAME>` alike. What is not understood is
 * refused in one sentence: an app that starts on a guess listens where nobody expects it.
 */
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { AppError } from '../../shared/errors.ts';
import { userFolders } from './folders.ts';
import type { LogFormat } from './logger.ts';

/** What a host was told at start. Absent: the stored setting or the default decides. */
export interface HostOptions {
  readonly dataDir: string;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly adminPort: number;
  readonly hasAdmin: boolean;
  readonly publicUrl: string | undefined;
  readonly log: LogFormat;
  /** A token with every scope for the life of the process. */
  readonly apiToken: string | undefined;
}

/** Port of the admin server unless told otherwise. */
export const defaultAdminPort = 4666;

/** Printed by `--help`. */
export const usage = `Options (each also an environment variable HOOKYARD_<NAME>):
  --data-dir <folder>    where everything is kept
  --host <address>       address the receiver listens on (127.0.0.1)
  --port <number>        port of the receiver (4665); 0 picks a free one
  --admin-port <number>  port of the interface (${defaultAdminPort}); 0 picks a free one
  --no-admin             without the interface
  --public-url <url>     address callers use from outside
  --log json|text        form of the log on standard error (text)
HOOKYARD_API_TOKEN adds one API token with every scope while the process lives.
hookyard test <folder> runs regression tests instead; hookyard test --help tells how.
`;

const flags = {
  'data-dir': { type: 'string' },
  host: { type: 'string' },
  port: { type: 'string' },
  'admin-port': { type: 'string' },
  'no-admin': { type: 'boolean' },
  'public-url': { type: 'string' },
  log: { type: 'string' },
} as const;
type FlagName = keyof typeof flags;
type Env = Readonly<Record<string, string | undefined>>;

interface ParseInit {
  readonly args: readonly string[];
  readonly env: Env;
  /** `ignore` where the command line is shared with another program's switches. */
  readonly unknown: 'refuse' | 'ignore';
}

/**
 * Reads the options; the command line wins over the environment.
 * @throws AppError `bad_option` with a sentence that names the option.
 */
export function parseOptions({ args, env, unknown }: ParseInit): HostOptions {
  const given = readArgs(args, unknown);
  const text = (name: FlagName): string | undefined => {
    const value = given[name] ?? (env[envName(name)] || undefined);
    return typeof value === 'string' ? value : undefined;
  };
  const host = text('host');
  if (host !== undefined && !isHost(host)) throw bad('host', host, 'an IP address or a host name');
  const log = text('log') ?? 'text';
  if (log !== 'json' && log !== 'text') throw bad('log', log, '"json" or "text"');
  const publicUrl = text('public-url');
  return {
    dataDir: resolve(text('data-dir') ?? userFolders(env).data),
    host,
    port: portOf('port', text('port')),
    adminPort: portOf('admin-port', text('admin-port')) ?? defaultAdminPort,
    hasAdmin: !(given['no-admin'] ?? isSwitchedOn(env[envName('no-admin')])),
    publicUrl: publicUrl === undefined ? undefined : publicUrlOf(publicUrl),
    log,
    apiToken: env['HOOKYARD_API_TOKEN'] || undefined,
  };
}

function envName(name: FlagName): string {
  return `HOOKYARD_${name.toUpperCase().replaceAll('-', '_')}`;
}

function readArgs(args: readonly string[], unknown: ParseInit['unknown']) {
  if (unknown === 'refuse') {
    try {
      return parseArgs({ args: [...args], options: flags, allowPositionals: false }).values;
    } catch (cause) {
      const said = cause instanceof Error ? cause.message : 'Unknown option.';
      // One line is promised; what Node adds on further ones is advice about its own syntax.
      const [sentence = said] = said.split(/\n|(?<=[^.])\. /);
      throw new AppError({ code: 'bad_option', message: sentence.replace(/\.?$/, '.'), cause });
    }
  }
  const { values } = parseArgs({ args: [...args], options: flags, allowPositionals: true, strict: false });
  const known: Partial<Record<Exclude<FlagName, 'no-admin'>, string>> & { 'no-admin'?: boolean } = {};
  for (const name of ['data-dir', 'host', 'port', 'admin-port', 'public-url', 'log'] as const) {
    const value = values[name];
    if (typeof value === 'string') known[name] = value;
    else if (value !== undefined)
      throw new AppError({ code: 'bad_option', message: `--${name} needs a value.` });
  }
  if (values['no-admin'] === true) known['no-admin'] = true;
  return known;
}

function isSwitchedOn(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false', 'no'].includes(value.toLowerCase());
}

function portOf(name: FlagName, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw bad(name, text, 'a port number from 0 to 65535');
  return port;
}

function isHost(text: string): boolean {
  return isIP(text) !== 0 || /^[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/.test(text);
}

/**
 * An address callers use from outside: http or https, no key, query or fragment in it; without the last slash.
 * @throws AppError `bad_option`.
 */
export function publicUrlOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain =
    url !== undefined &&
    (url.protocol === 'http:' || url.protocol === 'https:') &&
    url.username === '' &&
    url.password === '' &&
    url.search === '' &&
    url.hash === '';
  if (!isPlain) throw bad('public-url', text, 'an http or https address, such as https://hooks.example.com');
  return url.href.replace(/\/+$/, '');
}

function bad(name: FlagName, value: string, wanted: string): AppError {
  const shown = value.length > 80 ? `${value.slice(0, 80)}…` : value;
  return new AppError({
    code: 'bad_option',
    message: `--${name} is ${JSON.stringify(shown)}, but must be ${wanted}.`,
  });
}
