/**
 * Writes samples of endpoints: whether one is listened for, the one that was taken or given, and the parameters read out of
 * it, which go into the draft of the workflow or into the shared source in the same commit.
 */
import type { Parameter } from '../../shared/model/endpoint.ts';
import type { SampleShape, SampleSource } from '../../shared/model/sample.ts';
import type { StorableUnadmitted, UnadmittedRequest } from './encode.ts';
import { captureRefused } from './requests-write.ts';
import type { WriteContext } from './write-context.ts';

/** What is to be the sample. */
export interface NewSample {
  readonly endpointId: string;
  /** With its form; undefined: only the parameters change. */
  readonly source?: SampleSource | undefined;
  readonly shape?: SampleShape | undefined;
  readonly requestId: string | null;
  readonly parameters: readonly Parameter[];
  /** Undefined: as it was. */
  readonly fullBody?: boolean | undefined;
  readonly at: number;
}

/** A request that is to become the sample, if it is still listened for one. */
export interface TakenSample extends UnadmittedRequest {
  readonly sample: NewSample;
}
export interface StorableTakenSample extends StorableUnadmitted {
  readonly sample: NewSample;
}

/** Listens until an instant, or not any longer (null). */
export function listenForSample(
  context: WriteContext,
  { endpointId, until }: { readonly endpointId: string; readonly until: number | null },
): void {
  context.sql.run(
    `INSERT INTO endpoint_samples (endpoint_id, listening_until) VALUES (?, ?)
     ON CONFLICT (endpoint_id) DO UPDATE SET listening_until = excluded.listening_until`,
    endpointId,
    until,
  );
  context.emit('endpoints', endpointId);
}

/** Stores a request as the sample and ends the listening; does nothing when another was first or the time is over. */
export function takeSample(context: WriteContext, input: StorableTakenSample): { readonly taken: boolean } {
  const { endpointId, at } = input.sample;
  const open = context.sql.run(
    'UPDATE endpoint_samples SET listening_until = NULL WHERE endpoint_id = ? AND listening_until > ?',
    endpointId,
    at,
  );
  if (open === 0) return { taken: false };
  captureRefused(context, input);
  saveSample(context, input.sample);
  return { taken: true };
}

/** Saves a sample with its parameters, or its parameters alone. */
export function saveSample(context: WriteContext, sample: NewSample): void {
  const { endpointId, source, shape, requestId, fullBody, at } = sample;
  const parameters = JSON.stringify(sample.parameters);
  const flag = fullBody === undefined ? null : Number(fullBody);
  context.sql.run(
    `INSERT INTO endpoint_samples (endpoint_id, parameters, full_body, set_at) VALUES (?, ?, ?, ?)
     ON CONFLICT (endpoint_id) DO UPDATE SET parameters = excluded.parameters,
       full_body = coalesce(excluded.full_body, full_body), set_at = excluded.set_at`,
    endpointId,
    parameters,
    flag,
    at,
  );
  if (source !== undefined && shape !== undefined) {
    context.sql.run(
      'UPDATE endpoint_samples SET source = ?, request_id = ?, shape = ?, drift_since = NULL WHERE endpoint_id = ?',
      source,
      requestId,
      JSON.stringify(shape),
      endpointId,
    );
  }
  stateParameters(context, endpointId, parameters, flag, at);
  context.emit('endpoints', endpointId);
}

/** Writes parameters where people state them: into the draft's webhook node, or into the settings of a shared source. */
function stateParameters(
  context: WriteContext,
  endpointId: string,
  parameters: string,
  fullBody: number | null,
  at: number,
): void {
  const { sql } = context;
  const flag = fullBody === null ? null : fullBody === 1 ? 'true' : 'false';
  const put = (column: string, place: string): string =>
    `json_set(iif(? IS NULL, ${column}, json_set(${column}, ${place} || 'fullBody', json(coalesce(?, 'null')))),
       ${place} || 'parameters', json(?))`;
  sql.run(
    `UPDATE endpoints SET settings = ${put('settings', "'$.'")}, updated_at = ? WHERE id = ? AND settings IS NOT NULL`,
    flag,
    flag,
    parameters,
    at,
    endpointId,
  );
  const node = sql.get<{ id: string; place: number }>(
    `SELECT w.id, n.key AS place FROM endpoints AS e JOIN workflows AS w ON w.id = e.workflow_id,
       json_each(w.draft, '$.nodes') AS n
     WHERE e.id = ? AND w.removed_at IS NULL AND n.value ->> '$.id' = e.node_id`,
    endpointId,
  );
  if (node === undefined) return;
  sql.run(
    `UPDATE workflows SET draft = ${put('draft', "'$.nodes[' || CAST(? AS INTEGER) || '].config.'")}, changed = 1, updated_at = ?
     WHERE id = ?`,
    flag,
    node.place,
    flag,
    node.place,
    parameters,
    at,
    node.id,
  );
  context.emit('workflows', node.id);
}
