/** Structured logs on standard error: JSON lines or readable ones. No bodies, no query strings, no secrets. */
import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';

export type { Logger };
export type LogFormat = 'json' | 'text';

/** A logger writing to standard error (SPEC 1). */
export function createLogger(format: LogFormat, level = 'info'): Logger {
  const options = {
    level,
    base: null,
    redact: {
      paths: ['*.authorization', '*.secret', '*.token', '*.key', '*.password'],
      censor: '***',
    },
  };
  if (format === 'json') return pino(options, pino.destination({ dest: 2, sync: true }));
  return pino(options, pretty({ destination: 2, sync: true, colorize: process.stderr.isTTY }));
}

/** A logger that says nothing, for tests. */
export function createSilentLogger(): Logger {
  return pino({ level: 'silent' });
}
