/** Writes what the watch over silence found; a change of it is told, what merely goes on is not. */
import type { HealthRow } from './health-read.ts';
import type { WriteContext } from './write-context.ts';

/** Keeps these rows and forgets those of endpoints that are no longer watched. */
export function saveHealth(
  context: WriteContext,
  { rows, forgotten }: { readonly rows: readonly HealthRow[]; readonly forgotten: readonly string[] },
): void {
  for (const { endpointId, armedAt, lastAt, silentSince } of rows) {
    const wasSilent = isSilent(context, endpointId);
    context.sql.run(
      `INSERT INTO endpoint_health (endpoint_id, armed_at, last_at, silent_since) VALUES (?, ?, ?, ?)
       ON CONFLICT (endpoint_id) DO UPDATE SET armed_at = excluded.armed_at, last_at = excluded.last_at,
         silent_since = excluded.silent_since`,
      endpointId,
      armedAt,
      lastAt,
      silentSince,
    );
    if (wasSilent !== (silentSince !== null)) context.emit('alarms', endpointId);
  }
  for (const endpointId of forgotten) {
    if (isSilent(context, endpointId)) context.emit('alarms', endpointId);
    context.sql.run('DELETE FROM endpoint_health WHERE endpoint_id = ?', endpointId);
  }
}

function isSilent({ sql }: WriteContext, endpointId: string): boolean {
  return (
    sql.get(
      'SELECT 1 FROM endpoint_health WHERE endpoint_id = ? AND silent_since IS NOT NULL',
      endpointId,
    ) !== undefined
  );
}
