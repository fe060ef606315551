/** What can be shown of a proof: which bytes it covers, what came, what would have been right; never a key. */
import { createHmac } from 'node:crypto';
import { blotted } from '../../base/credentials.ts';
import { calledUrls } from '../called-urls.ts';
import { isSame } from '../compare.ts';
import { presentedHeader } from '../presented.ts';
import type { SentBody } from './body-forms.ts';
import type { DigestRule } from './digest-rule.ts';
import { deliveryIdOf, formParamsOf } from './digest-search.ts';
import { joinedPieces, joinerInWords } from './joiners.ts';
import { claimOf } from './jwt-search.ts';
import type { DoctorCase } from './mistake.ts';
import { presentedDigests } from './presented-digests.ts';
import { instantOf, timesIn, type PresentedTime } from './presented-times.ts';
import { presentedTexts } from './presented-texts.ts';

export interface Evidence {
  /** Which bytes are signed, in words, with their length; null where nothing is known to be. */
  readonly signedOver: string | null;
  /** The last characters of what came. */
  readonly presented: string | null;
  /** The last characters of the digest that would have been right; null for keys. */
  readonly expected: string | null;
  /** When the caller says it sent the request, epoch ms. */
  readonly sentAt: number | null;
}

/** The evidence of a request whose scheme signs digests. */
export function digestEvidence(kase: DoctorCase, rule: DigestRule, body: SentBody): Evidence {
  const { check } = kase;
  const time = presentedTime(kase, rule);
  const parts = {
    body: body.raw,
    method: check.raw.method,
    url: '',
    timestamp: time?.text ?? '',
    id: deliveryIdOf(kase, rule),
    params: formParamsOf(body),
  };
  const { algorithm, encoding, name, place } = rule.digest;
  const key = rule.keyForm.keyOf(check.secrets[0]?.[rule.field] ?? '');
  const made = (rule.template.includes('{url}') ? calledUrls(check) : ['']).map((url) => {
    const pieces = joinedPieces(rule.template, { ...parts, url });
    const length = pieces.reduce((sum, piece) => sum + Buffer.byteLength(piece), 0);
    const mac = createHmac(algorithm, key ?? '');
    for (const piece of pieces) mac.update(piece);
    return { length, digest: mac.digest() };
  });
  // Of several URLs the caller may have used, the one that fits.
  const sent = presentedDigests(check);
  const own = made.find(({ digest }) => sent.some(({ bytes }) => isSame(bytes, digest))) ?? made[0];
  const isComplete = key !== undefined && (!rule.template.includes('{timestamp}') || time !== undefined);
  return {
    signedOver: `${joinerInWords(rule.template)}: ${own?.length ?? 0} bytes`,
    presented: presentedAt(kase, [{ place, name }]),
    expected:
      own === undefined || !isComplete
        ? null
        : blotted(own.digest.toString(encoding === 'base64' ? 'base64' : 'hex')),
    sentAt: time === undefined ? null : instantOf(time),
  };
}

/** The time a request carries where the rule wants it, in whatever unit. */
export function presentedTime({ check }: DoctorCase, { time }: DigestRule): PresentedTime | undefined {
  if (time === undefined) return undefined;
  const isOwn = (name: string): boolean => name.toLowerCase() === time.name.toLowerCase();
  return timesIn(check.raw.headers, isOwn).find(({ name, entry }) => isOwn(name) && entry === time.entry);
}

/** The evidence of a request whose scheme does something else. */
export function otherEvidence(kase: DoctorCase): Evidence {
  const { auth } = kase;
  const { scheme } = auth.scheme.definition;
  const { headers = [], query = [] } = auth.scheme.presents?.(auth.settings) ?? {};
  const names = [
    ...headers.map((name) => ({ place: 'header' as const, name })),
    ...query.map((name) => ({ place: 'query' as const, name })),
  ];
  const formula = auth.provider?.definition.formula;
  if (scheme === 'appSign') {
    const at = textOf(kase, 'timestamp');
    const sign = textOf(kase, 'sign');
    return {
      signedOver: 'AppKey, SecretKey and Timestamp; the body is not covered',
      presented: sign === undefined ? null : blotted(sign),
      expected: null,
      sentAt: at !== undefined && /^\d{10,14}$/.test(at) ? Number(at) : null,
    };
  }
  const [, claims = ''] = textOf(kase, 'authorization')?.split('.') ?? [];
  const issuedAt = scheme === 'jwt' ? claimOf(claims, 'iat') : undefined;
  return {
    signedOver:
      scheme === 'jwt' ? 'Header and claims of the token; the body is not covered' : (formula ?? null),
    presented: presentedAt(kase, names),
    expected: null,
    sentAt: typeof issuedAt === 'number' ? issuedAt * 1_000 : null,
  };
}

function textOf({ check }: DoctorCase, name: string): string | undefined {
  return presentedTexts(check).findLast((text) => text.name.toLowerCase() === name)?.text;
}

function presentedAt(
  { check }: DoctorCase,
  names: readonly { readonly place: 'header' | 'query'; readonly name: string }[],
): string | null {
  for (const { place, name } of names) {
    const header = place === 'header' ? presentedHeader(check.raw.headers, name) : undefined;
    const value =
      header === undefined
        ? check.query.find(([key]) => key === name)?.[1]
        : header.kind === 'one'
          ? header.value
          : undefined;
    if (value !== undefined && value !== '') return blotted(value);
  }
  return null;
}
