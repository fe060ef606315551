/** Settings: JSON values by key. What a key means is known to whoever owns it. */
import type { Sql } from './sql.ts';
import type { WriteContext } from './write-context.ts';

/** The reads of settings; values are unchecked. */
export function readSettingValues(sql: Sql) {
  return {
    /** The value, or undefined when it was never set. */
    get(key: string): unknown {
      const row = sql.get<{ value: string }>('SELECT value FROM settings WHERE key = ?', key);
      return row === undefined ? undefined : JSON.parse(row.value);
    },
    all(): Readonly<Record<string, unknown>> {
      const rows = sql.all<{ key: string; value: string }>('SELECT key, value FROM settings ORDER BY key');
      return Object.fromEntries(rows.map((row): [string, unknown] => [row.key, JSON.parse(row.value)]));
    },
  };
}

/** Sets a value; `undefined` and null are kept as null. */
export function setSetting(
  context: WriteContext,
  { key, value }: { readonly key: string; readonly value: unknown },
): void {
  context.sql.run(
    'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    key,
    JSON.stringify(value ?? null),
  );
  context.emit('settings', key);
}
