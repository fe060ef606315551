/**
 * How an endpoint wants its requests signed, found out by letting its scheme sign one: whatever sender it knows, the doctor
 * needs no table of its own. Schemes that can not sign, or sign in a way of their own, have no such rule.
 */
import { createHmac } from 'node:crypto';
import type { SecretValues } from '../../../shared/fields.ts';
import { isSame } from '../compare.ts';
import type { ResolvedAuth } from '../registry.ts';
import { textSetting, type Signature } from '../scheme.ts';
import { joinedPieces, joiners, sortedParams } from './joiners.ts';
import { type KeyForm, keyForms } from './key-forms.ts';
import { presentedDigests, type PresentedDigest } from './presented-digests.ts';
import { timesIn, type PresentedTime } from './presented-times.ts';

export interface DigestRule {
  /** Where the digest stands, how it is written, and with what it is made. */
  readonly digest: Omit<PresentedDigest, 'bytes'>;
  /** Name of the secret. */
  readonly field: string;
  readonly keyForm: KeyForm;
  readonly template: string;
  /** Where the time stands, when one is signed. */
  readonly time: Omit<PresentedTime, 'text'> | undefined;
  /** Name of the header with the delivery's id, when one is signed. */
  readonly idHeader: string | undefined;
}

const probedAt = 1_700_000_000_000;
const probe = {
  method: 'POST',
  url: 'https://probe.invalid/probe?p=1',
  now: probedAt,
} as const;
const json = { contentType: 'application/json', body: Buffer.from('{"probe":1}'), params: '' };
const formPairs = [
  ['a', '1'],
  ['b', '2'],
] as const;
const form = {
  contentType: 'application/x-www-form-urlencoded',
  body: Buffer.from('a=1&b=2'),
  params: sortedParams(formPairs),
};

/** The rule of a scheme; undefined when it has none. */
export function digestRuleOf(
  auth: ResolvedAuth,
  secrets: SecretValues,
  isForm: boolean,
): DigestRule | undefined {
  const { body, contentType, params } = isForm ? form : json;
  const made = signProbe(auth, secrets, body, contentType);
  if (made === undefined) return undefined;
  const headers = Object.entries(made.headers);
  const raw = {
    method: probe.method,
    url: '',
    httpVersion: '1.1',
    headers,
    body,
    remoteIp: '',
    receivedAt: probedAt,
  };
  const digests = presentedDigests({ raw, query: Object.entries(made.query) });
  const [time] = timesIn(headers, (name, text) => /time|(?:^|-)ts$/i.test(name) || isProbeTime(text));
  const idHeader = headers.find(([name]) => /(?:^|-)id$/i.test(name));
  const own = textSetting(auth.settings, 'signed', '');
  const parts = { body, params, method: probe.method, timestamp: time?.text ?? '', id: idHeader?.[1] ?? '' };
  const urls = [textSetting(auth.settings, 'notificationUrl', probe.url), probe.url];
  for (const template of own === '' ? joiners : [own, ...joiners]) {
    for (const [field, secret] of Object.entries(secrets)) {
      for (const keyForm of keyForms) {
        const key = keyForm.keyOf(secret);
        if (key === undefined) continue;
        const hit = digests.find((digest) =>
          urls.some((url) => {
            const mac = createHmac(digest.algorithm, key);
            for (const piece of joinedPieces(template, { ...parts, url })) mac.update(piece);
            return isSame(mac.digest(), digest.bytes);
          }),
        );
        if (hit === undefined) continue;
        const isTimed = template.includes('{timestamp}') && time !== undefined;
        return {
          digest: {
            place: hit.place,
            name: hit.name,
            encoding: hit.encoding,
            algorithm: hit.algorithm,
            prefix: hit.prefix,
          },
          field,
          keyForm,
          template,
          time: isTimed ? { name: time.name, entry: time.entry, unit: time.unit } : undefined,
          idHeader: template.includes('{id}') ? idHeader?.[0] : undefined,
        };
      }
    }
  }
  return undefined;
}

function isProbeTime(text: string): boolean {
  return [String(probedAt), String(probedAt / 1_000), new Date(probedAt).toISOString()].includes(text);
}

function signProbe(
  { scheme, settings }: ResolvedAuth,
  secrets: SecretValues,
  body: Uint8Array,
  contentType: string,
): Signature | undefined {
  try {
    return scheme.sign?.({ ...probe, body, contentType, secrets, settings });
  } catch {
    // A secret that is missing: the verdict says so itself.
    return undefined;
  }
}
