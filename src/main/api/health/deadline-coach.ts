/**
 * The deadline coach: an endpoint that lets its callers wait for the run is compared with how long its sender waits. A
 * sender that gave up takes the delivery for failed although the run goes on, and sends it again.
 */
import type { EndpointView } from '../../../shared/contract/views.ts';
import type { EndpointSettings } from '../../../shared/model/endpoint.ts';
import type { Store } from '../../store/open-store.ts';
import type { EndpointRow } from '../../store/types.ts';
import { resolvedOrNothing } from './exposure.ts';

type Coach = EndpointView['coach'];

/** Answers looked at, the newest; fewer than the least say nothing. */
const mostAnswers = 200;
const leastAnswers = 5;
/** Part of the deadline from which on it is near. */
const nearPart = 0.8;

/** Who sends, and how long they wait. */
interface Patience {
  readonly sender: string;
  readonly deadlineMs: number;
}

/** Modes in which the answer does not hang on the run. */
const atOnce: ReadonlySet<string> = new Set(['minimal', 'custom']);

function patienceOf(settings: EndpointSettings): Patience | undefined {
  const { provider } = resolvedOrNothing(settings) ?? {};
  const sender = provider?.definition.title ?? 'The sender';
  const deadlineMs =
    settings.senderDeadlineSeconds === undefined
      ? (provider?.definition.deadlineMs ?? null)
      : settings.senderDeadlineSeconds * 1_000;
  return deadlineMs === null ? undefined : { sender, deadlineMs };
}

/** The value 95 of 100 are at or below. */
export function percentile95(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0;
}

/** What the coach says of answers that took so long; null while all is well. */
export function judgeAnswers(times: readonly number[], { sender, deadlineMs }: Patience): Coach {
  if (times.length < leastAnswers) return null;
  const p95Ms = percentile95(times);
  if (p95Ms < deadlineMs * nearPart) return null;
  const [took, waits] = [inSeconds(p95Ms), inSeconds(deadlineMs)];
  const finding =
    p95Ms > deadlineMs
      ? `${sender} waits ${waits}, but one answer in twenty takes ${took} or longer: it counts those deliveries as failed and may send them again.`
      : `One answer in twenty takes ${took} or longer, and ${sender} waits no more than ${waits}.`;
  const mending = 'Answer at once (response mode "minimal"); the run goes on by itself.';
  return { p95Ms: Math.round(p95Ms), deadlineMs, sender, sentence: `${finding} ${mending}` };
}

/** The coach of an endpoint; null where callers do not wait, nobody knows how long they would, or all is well. */
export function coachOf(
  { read }: Pick<Store, 'read'>,
  { id }: EndpointRow,
  settings: EndpointSettings,
): Coach {
  if (atOnce.has(settings.response?.mode ?? 'minimal')) return null;
  const patience = patienceOf(settings);
  return patience === undefined ? null : judgeAnswers(read.health.answerTimes(id, mostAnswers), patience);
}

function inSeconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
