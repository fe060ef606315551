/** Reads samples of endpoints. */
import { z } from 'zod';
import { parameterSchema, type Parameter } from '../../shared/model/endpoint.ts';
import {
  sampleShapeSchema,
  sampleSourceSchema,
  type SampleShape,
  type SampleSource,
} from '../../shared/model/sample.ts';
import type { Sql } from './sql.ts';

/** What is known of an endpoint's sample; all null where one is only listened for. */
export interface SampleRow {
  readonly endpointId: string;
  /** The next genuine GET or POST before this instant becomes the sample. */
  readonly listeningUntil: number | null;
  readonly source: SampleSource | null;
  readonly requestId: string | null;
  readonly shape: SampleShape | null;
  readonly parameters: readonly Parameter[] | null;
  readonly fullBody: boolean;
  readonly setAt: number | null;
  /** When the first request after the sample differed from it. */
  readonly driftSince: number | null;
}

interface SampleColumns {
  readonly endpoint_id: string;
  readonly listening_until: number | null;
  readonly source: string | null;
  readonly request_id: string | null;
  readonly shape: string | null;
  readonly parameters: string | null;
  readonly full_body: number | null;
  readonly set_at: number | null;
  readonly drift_since: number | null;
}

const parametersSchema = z.array(parameterSchema);
const read = <Value>(schema: z.ZodType<Value>, text: string | null): Value | null =>
  text === null ? null : schema.parse(JSON.parse(text));

function toSample(row: SampleColumns): SampleRow {
  return {
    endpointId: row.endpoint_id,
    listeningUntil: row.listening_until,
    source: row.source === null ? null : sampleSourceSchema.parse(row.source),
    requestId: row.request_id,
    shape: read(sampleShapeSchema, row.shape),
    parameters: read(parametersSchema, row.parameters),
    fullBody: row.full_body === 1,
    setAt: row.set_at,
    driftSince: row.drift_since,
  };
}

/** Until when an endpoint listens; null when it does not. */
export function listeningUntilOf(sample: SampleRow | undefined, now: number): number | null {
  const until = sample?.listeningUntil ?? null;
  return until !== null && until > now ? until : null;
}

/** The reads of samples. */
export function readSamples(sql: Sql) {
  return {
    all: (): readonly SampleRow[] => sql.all<SampleColumns>('SELECT * FROM endpoint_samples').map(toSample),
    byEndpoint(endpointId: string): SampleRow | undefined {
      const row = sql.get<SampleColumns>('SELECT * FROM endpoint_samples WHERE endpoint_id = ?', endpointId);
      return row === undefined ? undefined : toSample(row);
    },
  };
}
