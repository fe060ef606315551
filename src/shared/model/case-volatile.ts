/**
 * Which values of a recorded run are new every time: the product's own ids and URLs, times of the run, random ids that
 * nothing sent. A regression test does not compare them. Pure.
 */
import { writeCasePath } from './case-compare.ts';

/** What is known of the recording. */
export interface Recording {
  /** From when until when it went on, epoch ms. */
  readonly fromAt: number;
  readonly untilAt: number;
  /** Everything the test will be given again: what stands in it is not new. */
  readonly given: string;
}

const ownId = /\b[a-z]{2,4}_[0-9a-z]{26}\b/;
const resumeUrl = /\/hooks\/resume\//;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;
/** A clock may be read a little before or after. */
const slackMs = 2_000;

function isTimeOf({ fromAt, untilAt }: Recording, at: number): boolean {
  return at >= fromAt - slackMs && at <= untilAt + slackMs;
}

function isVolatile(value: unknown, recording: Recording): boolean {
  if (typeof value === 'number')
    return isTimeOf(recording, value) && !recording.given.includes(String(value));
  if (typeof value !== 'string') return false;
  if (ownId.test(value) || resumeUrl.test(value)) return !recording.given.includes(value);
  const isNew = uuid.test(value) || (isoTime.test(value) && isTimeOf(recording, Date.parse(value)));
  return isNew && !recording.given.includes(value);
}

/** The paths of what is new every time. */
export function volatilePaths(value: unknown, recording: Recording): readonly string[] {
  const found: string[] = [];
  const visit = (part: unknown, place: readonly (string | number)[]): void => {
    if (isVolatile(part, recording)) found.push(writeCasePath(place));
    else if (Array.isArray(part)) for (const [at, item] of part.entries()) visit(item, [...place, at]);
    else if (typeof part === 'object' && part !== null)
      for (const [name, item] of Object.entries(part)) {
        // Made of the run's id by us, and so another in every run.
        if (name.toLowerCase() === 'idempotency-key') found.push(writeCasePath([...place, name]));
        else visit(item, [...place, name]);
      }
  };
  visit(value, []);
  return found;
}
