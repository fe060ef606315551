/**
 * "Send test request": a real call over HTTP from this process to its own receiver, so that what the person sees is
 * what a caller would. The captured request is found again by a mark in its User-Agent.
 */
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import { newSecret } from '../base/ids.ts';
import type { EndpointRow } from '../store/types.ts';
import { ownOrigin } from './origins.ts';
import type { ApiParts } from './parts.ts';
import { makeSampleCall } from './sample-call.ts';

export interface TestAnswer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly durationMs: number;
  readonly requestId: string | null;
  readonly runIds: string[];
}

/** A waiting mode answers within ten minutes at most (SPEC 10). */
const patienceMs = 610_000;
/** Longest answer shown. */
const shownChars = 262_144;

const answerSchema = z.object({
  requestId: z.string().optional(),
  executionId: z.string().optional(),
  executionIds: z.array(z.string()).optional(),
});

/** Sends one call and waits for its answer. @throws AppError `conflict` when the receiver does not listen */
export async function sendTestRequest(
  parts: ApiParts,
  endpoint: EndpointRow,
  body: string | undefined,
  signal: AbortSignal | undefined,
): Promise<TestAnswer> {
  const call = makeSampleCall(parts, { endpoint, origin: ownOrigin(parts), body });
  const mark = `Hookyard test request ${newSecret().slice(0, 16)}`;
  const startedAt = performance.now();
  const patience = AbortSignal.timeout(patienceMs);
  const response = await fetch(call.url, {
    method: call.method,
    headers: { ...call.headers, 'User-Agent': mark },
    redirect: 'manual',
    signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
    ...(call.body === '' ? {} : { body: call.body }),
  }).catch((cause: unknown) => {
    throw new AppError({ code: 'conflict', message: 'The receiver does not answer.', cause });
  });
  const text = await response.text();
  const durationMs = performance.now() - startedAt;
  const captured = await findCaptured(parts, endpoint.id, mark);
  const said = answerSchema.safeParse(parsed(text));
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: text.slice(0, shownChars),
    durationMs,
    requestId: captured?.id ?? said.data?.requestId ?? null,
    runIds: captured?.runIds ?? said.data?.executionIds ?? [],
  };
}

async function findCaptured({ store }: ApiParts, endpointId: string, mark: string) {
  await store.drain();
  const [row] = (await store.read.requests.find({ endpointId, q: mark, limit: 1 })).items;
  return row === undefined ? undefined : { id: row.id, runIds: row.runs.map((run) => run.id) };
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return undefined;
  }
}
