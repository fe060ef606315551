/**
 * The headless host: reads its options, starts the app and the admin port, says in one line that it is ready, and ends
 * in order when told to (SPEC 1). Standard output carries that line and nothing else; every other word is logged.
 */
import { join } from 'node:path';
import { RPCHandler } from '@orpc/server/ws';
import { type AppError, type ErrorCode, toAppError } from '../../shared/errors.ts';
import { type ApiContext, operatorContext } from '../api/procedures.ts';
import { type App, type AppFiles, createApp } from '../app.ts';
import { userFolders } from '../base/folders.ts';
import { newSecret } from '../base/ids.ts';
import { createKeyFile } from '../base/key-file.ts';
import { createLifecycle } from '../base/lifecycle.ts';
import { createLogger, type Logger } from '../base/logger.ts';
import { type HostOptions, parseOptions, usage } from '../base/options.ts';
import { startAdminServer } from './admin-server.ts';

/** What the entry knows: places of files in the sources or in the build. */
export interface HostParts {
  readonly version: string;
  readonly files: AppFiles;
  /** Folder of the built interface. */
  readonly rendererDir: URL;
}

/** SPEC 1; every other failure to start is 1. */
const exitCodes: Partial<Record<ErrorCode, number>> = {
  bad_option: 2,
  data_folder_locked: 3,
  port_in_use: 4,
};

/** Runs the host until the process is told to end. */
export async function runHeadless(parts: HostParts): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('--version')) {
    process.stdout.write(args.includes('--help') ? usage : `${parts.version}\n`);
    return;
  }
  let options: HostOptions;
  try {
    options = parseOptions({ args, env: process.env, unknown: 'refuse' });
  } catch (error) {
    process.stderr.write(`hookyard: ${toAppError(error).message}\n`);
    process.exitCode = exitCodes.bad_option ?? 1;
    return;
  }
  const logger = createLogger(options.log);
  const asked = endOfProcess(logger);
  try {
    const stop = await startHost(parts, options, logger);
    const code = await asked;
    await stop();
    process.exit(code);
  } catch (error) {
    process.exit(sayWhy(toAppError(error), options, logger));
  }
}

/** Starts everything and prints the ready line; the answer stops it all. */
async function startHost(
  parts: HostParts,
  options: HostOptions,
  logger: Logger,
): Promise<() => Promise<void>> {
  const lifecycle = createLifecycle(logger);
  let adminPort: number | undefined;
  try {
    const app = await createApp({
      dataDir: options.dataDir,
      version: parts.version,
      files: parts.files,
      keyHolders: (installId) => ({
        home: createKeyFile(join(userFolders().keys, `${installId}.key`)),
        others: [],
      }),
      settings: { receiverHost: options.host, receiverPort: options.port, publicUrl: options.publicUrl },
      apiToken: options.apiToken,
      onPortInUse: 'fail',
      logger,
      hostPorts: () => (adminPort === undefined ? [] : [adminPort]),
    });
    lifecycle.onStop('app', () => app.stop());
    const admin = options.hasAdmin ? await openAdmin(app, parts, options, logger) : undefined;
    if (admin !== undefined) {
      adminPort = admin.port;
      lifecycle.onStop('admin', admin.close);
    }
    const ready = {
      event: 'ready',
      receiver: app.receiverOrigin(),
      ...(admin === undefined ? {} : { admin: admin.url }),
      dataDir: app.dataDir,
      version: parts.version,
    };
    process.stdout.write(`${JSON.stringify(ready)}\n`);
    return () => lifecycle.stop();
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

/** Opens the admin port. Its launch token is made anew with each start and is good until the process ends. */
async function openAdmin(app: App, parts: HostParts, options: HostOptions, logger: Logger) {
  const token = newSecret();
  const handler = new RPCHandler<ApiContext>(app.router);
  const server = await startAdminServer({
    port: options.adminPort,
    token,
    rendererDir: parts.rendererDir,
    onSession(socket) {
      void handler.upgrade(socket, { context: operatorContext });
    },
    logger,
  });
  // Behind the #, where neither servers, logs nor other pages ever see it.
  return {
    url: `http://127.0.0.1:${server.port}/#token=${token}`,
    port: server.port,
    close: () => server.close(),
  };
}

/** Resolves with the exit code once the process is to end; a second signal does not wait for order. */
function endOfProcess(logger: Logger): Promise<number> {
  return new Promise((resolve) => {
    let isAsked = false;
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (isAsked) process.exit(1);
        isAsked = true;
        logger.info({ signal }, 'stopping');
        resolve(0);
      });
    }
    process.on('uncaughtException', (error) => {
      logger.fatal({ err: error }, 'an error nobody expected; stopping in order');
      resolve(1);
    });
  });
}

/** One clear line on why there is no host, and the exit code that goes with it. */
function sayWhy(error: AppError, options: HostOptions, logger: Logger): number {
  const place = error.code === 'data_folder_locked' ? ` (${options.dataDir})` : '';
  const sentence = `hookyard: ${error.message}${place}`;
  if (options.log === 'json') logger.fatal({ code: error.code, reason: error.reason }, sentence);
  else process.stderr.write(`${sentence}\n`);
  if (error.kind === 'defect') logger.fatal({ err: error.cause ?? error }, 'the start failed');
  return exitCodes[error.code] ?? 1;
}
