/**
 * Looks for the mistakes under which a signature fits: another spelling of the secret, other bytes, another joiner, another
 * form of the digest; one mistake first, then two at once. What fits can not fit by chance, so the first find is the cause.
 */
import { createHmac } from 'node:crypto';
import { calledUrls } from '../called-urls.ts';
import { isSame } from '../compare.ts';
import { presentedHeader } from '../presented.ts';
import { bodyForms, type SentBody } from './body-forms.ts';
import { Budget } from './budget.ts';
import type { DigestRule } from './digest-rule.ts';
import { formMistakes } from './form-mistakes.ts';
import { joinedPieces, joinerInWords, joiners, sortedParams } from './joiners.ts';
import { emptyKeys, keyForms } from './key-forms.ts';
import { type DoctorCase, mistakenSecrets, type Mistake, type Search } from './mistake.ts';
import { presentedDigests, type PresentedDigest } from './presented-digests.ts';
import { otherSpellings, timesIn, type PresentedTime } from './presented-times.ts';

/** A try in one respect: what is used, and the mistake that would be; none where it is as it should be. */
interface Choice<Value> {
  readonly value: Value;
  readonly mistake: Mistake | undefined;
}

/** What is put around the body. */
interface Frame {
  readonly template: string;
  readonly timestamp: string;
  readonly url: string;
}

const limits = { bytes: 536_870_912, ms: 1_500 };
const mostOthers = 50;

/** Searches a refused request. */
export async function searchDigest(kase: DoctorCase, rule: DigestRule, body: SentBody): Promise<Search> {
  const digests = presentedDigests(kase.check);
  const keys = keyChoices(kase, rule);
  const bodies = bodyChoices(body);
  const frames = frameChoices(kase, rule, body);
  const forms = formMistakes(rule);
  const tried = [...forms.tried, ...mistakesOf(keys), ...mistakesOf(bodies), ...mistakesOf(frames)];
  const budget = new Budget(limits);
  const shared = { method: kase.check.raw.method, id: deliveryIdOf(kase, rule), params: formParamsOf(body) };

  for (const [key, bytes, frame] of combinations(keys, bodies, frames)) {
    if (!(await budget.take((bytes.value.byteLength + 200) * algorithmsOf(digests).length))) break;
    const parts = { ...shared, ...frame.value, body: bytes.value };
    for (const algorithm of algorithmsOf(digests)) {
      const mac = createHmac(algorithm, key.value);
      for (const piece of joinedPieces(frame.value.template, parts)) mac.update(piece);
      const own = mac.digest();
      const hit = digests.find((digest) => digest.algorithm === algorithm && isSame(digest.bytes, own));
      if (hit === undefined) continue;
      const others = [key, bytes, frame].flatMap(({ mistake }) => mistake ?? []);
      return { found: [...forms.of(hit, others.length === 0), ...others], tried };
    }
  }
  return { found: undefined, tried };
}

function algorithmsOf(digests: readonly PresentedDigest[]) {
  return [...new Set(digests.map(({ algorithm }) => algorithm))];
}

function mistakesOf(choices: readonly Choice<unknown>[]): readonly Mistake[] {
  return choices.flatMap(({ mistake }) => mistake ?? []);
}

/** No mistake, then one, then two; the first of each list is what is right. */
function* combinations<Key, Body, Around>(
  keys: readonly Choice<Key>[],
  bodies: readonly Choice<Body>[],
  frames: readonly Choice<Around>[],
): Generator<[Choice<Key>, Choice<Body>, Choice<Around>]> {
  const [key, ...otherKeys] = keys;
  const [body, ...otherBodies] = bodies;
  const [frame, ...otherFrames] = frames;
  if (key === undefined || body === undefined || frame === undefined) return;
  yield [key, body, frame];
  for (const other of otherKeys) yield [other, body, frame];
  for (const other of otherBodies) yield [key, other, frame];
  for (const other of otherFrames) yield [key, body, other];
  for (const one of otherBodies) for (const other of otherFrames) yield [key, one, other];
  for (const one of otherKeys) for (const other of otherBodies) yield [one, other, frame];
  for (const one of otherKeys) for (const other of otherFrames) yield [one, body, other];
}

function keyChoices({ check, others }: DoctorCase, rule: DigestRule): readonly Choice<Uint8Array>[] {
  const { field, keyForm } = rule;
  const secret = check.secrets[0]?.[field] ?? '';
  const right = keyForm.keyOf(secret);
  const forms = keyForms.filter((form) => form !== keyForm);
  const spelled = [...forms, ...emptyKeys].map((mistake) => ({ key: mistake.keyOf(secret), mistake }));
  const foreign = others.slice(0, mostOthers).flatMap((set) => {
    const values = set.kind === 'former' ? [set.values[field]] : Object.values(set.values);
    return values.map((value) => ({ key: keyForm.keyOf(value ?? ''), mistake: mistakenSecrets(set) }));
  });
  return [{ key: right, mistake: undefined }, ...spelled, ...foreign].flatMap(({ key, mistake }) =>
    key === undefined ? [] : [{ value: key, mistake }],
  );
}

function bodyChoices(body: SentBody): readonly Choice<Uint8Array>[] {
  const known = [body.raw];
  const choices: Choice<Uint8Array>[] = [{ value: body.raw, mistake: undefined }];
  for (const mistake of bodyForms) {
    const value = mistake.bytesOf(body);
    if (value === undefined || known.some((bytes) => Buffer.compare(bytes, value) === 0)) continue;
    known.push(value);
    choices.push({ value, mistake });
  }
  return choices;
}

function frameChoices(
  { auth, check }: DoctorCase,
  rule: DigestRule,
  body: SentBody,
): readonly Choice<Frame>[] {
  const sent = timesIn(check.raw.headers, (name) => /time|(?:^|-)ts$/i.test(name));
  const times: readonly PresentedTime[] = [...sent, ...sent.flatMap(otherSpellings)];
  const right = sent.find(({ name, entry }) => isPlace(rule, name, entry));
  const fixed = auth.settings['notificationUrl'];
  const called =
    typeof fixed === 'string' && fixed !== '' ? [fixed, ...calledUrls(check)] : calledUrls(check);
  const urls = [
    ...called,
    ...called.map((url) => url.split('?', 1).join('')),
    check.raw.url,
    rawPath(check.raw.url),
  ];
  const templates = [rule.template, ...joiners.filter((template) => template !== rule.template)];
  return templates.flatMap((template) => {
    if (template.includes('{params}') && !body.isForm) return [];
    const usedTimes = template.includes('{timestamp}') ? times : [undefined];
    const usedUrls = template.includes('{url}') ? [...new Set(urls)] : [''];
    return usedTimes.flatMap((time) =>
      usedUrls.map((url): Choice<Frame> => {
        const isTime = time === undefined || time === right;
        const isUrl = url === '' || called.includes(url);
        const mistake =
          template === rule.template ? detailMistake(isTime, isUrl) : joinerMistake(template, rule);
        return { value: { template, url, timestamp: time?.text ?? '' }, mistake };
      }),
    );
  });
}

function rawPath(url: string): string {
  return url.split('?', 1).join('');
}

function isPlace({ time }: DigestRule, name: string, entry: string | undefined): boolean {
  return time !== undefined && time.name.toLowerCase() === name.toLowerCase() && time.entry === entry;
}

function joinerMistake(template: string, rule: DigestRule): Mistake {
  return {
    id: `joined-${template.replaceAll('\n', '\\n')}`,
    title: `Signed: ${joinerInWords(template)}`,
    clause: `the caller signed ${joinerInWords(template)}, where it has to be ${joinerInWords(rule.template)}`,
    mend: `Let the caller sign ${joinerInWords(rule.template)}.`,
  };
}

function detailMistake(isTime: boolean, isUrl: boolean): Mistake | undefined {
  if (!isTime) {
    return {
      id: 'timestamp-other',
      title: 'The timestamp in another unit or from another place',
      clause: 'the caller signed another spelling of the time than the one it sent for it',
      mend: 'Let the caller sign the very text it sends as timestamp.',
    };
  }
  return isUrl
    ? undefined
    : {
        id: 'url-other',
        title: 'The URL without its origin or query',
        clause: 'the caller signed the URL without its origin or without its query',
        mend: 'Let the caller sign the whole URL it calls, and set the public URL here if a proxy or tunnel changes it.',
      };
}

/** The id of the delivery, for what is signed; empty where none came. */
export function deliveryIdOf({ check }: DoctorCase, { idHeader }: DigestRule): string {
  for (const name of [idHeader, 'webhook-id', 'svix-id', 'idempotency-key']) {
    const presented = name === undefined ? undefined : presentedHeader(check.raw.headers, name);
    if (presented?.kind === 'one') return presented.value;
  }
  return '';
}

/** The fields of a form in order, for what is signed. */
export function formParamsOf({ isForm, decoded }: SentBody): string {
  return isForm ? sortedParams([...new URLSearchParams(Buffer.from(decoded).toString())]) : '';
}
