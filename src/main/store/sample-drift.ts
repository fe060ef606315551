/** Notes since when requests of an endpoint differ from its sample (SPEC 6). */
import type { WriteContext } from './write-context.ts';

/** Keeps the earliest instant; they need not come in order. */
export function noteDriftSince(context: WriteContext, endpointId: string, at: number): void {
  const changed = context.sql.run(
    `UPDATE endpoint_samples SET drift_since = ?
     WHERE endpoint_id = ? AND shape IS NOT NULL AND (drift_since IS NULL OR drift_since > ?)`,
    at,
    endpointId,
    at,
  );
  if (changed > 0) context.emit('endpoints', endpointId);
}
