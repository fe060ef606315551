/**
 * The signature doctor (SPEC 5): judges a stored request once more and, where it fails, finds the usual mistake that
 * explains it. Works on the bytes as they came and asks the scheme itself how it wants them signed. It never runs while a
 * request is being answered, and nothing it says holds a secret.
 */
import { toAppError } from '../../../shared/errors.ts';
import { presentedHeader } from '../presented.ts';
import type { AuthVerdict, Refusal } from '../scheme.ts';
import { searchAppSign } from './app-sign-search.ts';
import { sentBodyOf, type SentBody } from './body-forms.ts';
import { searchBytes } from './bytes-search.ts';
import { digestRuleOf, type DigestRule } from './digest-rule.ts';
import { searchDigest } from './digest-search.ts';
import { digestEvidence, otherEvidence, presentedTime, type Evidence } from './evidence.ts';
import { searchToken } from './jwt-search.ts';
import { searchKey } from './key-search.ts';
import { type DoctorCase, mendOf, type Mistake, type Search, sentenceOf } from './mistake.ts';

export interface Diagnosis extends Evidence {
  /** Whether it passes, as of the time it was judged and with the secrets of today. */
  readonly passes: boolean;
  /** Why, in one sentence. */
  readonly sentence: string;
  /** What to do about it; null when there is nothing to do. */
  readonly mend: string | null;
  readonly tried: readonly { readonly id: string; readonly title: string; readonly fits: boolean }[];
}

const noSearch: Search = { found: undefined, tried: [] };

/** Examines a request. Never throws for what is in it. */
export async function diagnose(kase: DoctorCase): Promise<Diagnosis> {
  const { auth, check } = kase;
  const { scheme, title } = auth.scheme.definition;
  const type = presentedHeader(check.raw.headers, 'content-type');
  const body = sentBodyOf(check, type.kind === 'one' ? type.value : '');
  const isOwnWay = scheme === 'jwt' || scheme === 'appSign';
  const rule = isOwnWay ? undefined : digestRuleOf(auth, check.secrets[0] ?? {}, body.isForm);
  const evidence = rule === undefined ? otherEvidence(kase) : digestEvidence(kase, rule, body);
  const verdict = await judged(kase);
  if (verdict instanceof Error) {
    const mend = 'Set the key or secret of the endpoint again.';
    return { ...evidence, passes: false, sentence: verdict.message, mend, tried: [] };
  }
  if (verdict.ok) {
    const sentence =
      scheme === 'none'
        ? 'Anyone may call this endpoint.'
        : `${title}: what the caller presented fits ${verdict.secretIndex === 0 ? 'the present secret' : 'the previous secret, which still overlaps'}.`;
    return { ...evidence, passes: true, sentence, mend: null, tried: [] };
  }
  const { found, tried } = await searchFor(kase, verdict, rule, body);
  const ids = new Set(found?.map(({ id }) => id));
  const listed = [...new Map(tried.map((mistake) => [mistake.id, mistake])).values()];
  return {
    ...evidence,
    passes: false,
    sentence: found === undefined ? verdict.reason : sentenceOf(found),
    mend: found === undefined ? generalMend(verdict, rule, tried) : mendOf(found),
    tried: listed.map(({ id, title: name }) => ({ id, title: name, fits: ids.has(id) })),
  };
}

async function judged({ auth, check }: DoctorCase): Promise<AuthVerdict | Error> {
  try {
    return await auth.scheme.verify(check);
  } catch (thrown) {
    const error = toAppError(thrown);
    return new Error(
      error.kind === 'defect' ? 'This can not be judged here.' : (error.reason ?? error.message),
    );
  }
}

async function searchFor(
  kase: DoctorCase,
  { code }: Refusal,
  rule: DigestRule | undefined,
  body: SentBody,
): Promise<Search> {
  const { scheme } = kase.auth.scheme.definition;
  if (scheme === 'jwt') return searchToken(kase);
  if (scheme === 'appSign') return code === 'stale' ? inSeconds(kase) : searchAppSign(kase);
  if (code === 'repeated') return noSearch;
  if (code === 'stale') return staleSearch(kase, rule);
  if (rule !== undefined) return searchDigest(kase, rule, body);
  const byKey = searchKey(kase);
  if (byKey.found !== undefined || kase.auth.scheme.presents !== undefined) return byKey;
  return searchBytes(kase, body);
}

const wrongUnit: Mistake = {
  id: 'timestamp-unit',
  title: 'The timestamp in milliseconds in place of seconds, or the other way round',
  clause: 'the timestamp is in another unit than expected: seconds and milliseconds were mixed up',
  mend: 'Let the caller send the timestamp in the unit the scheme wants.',
};

/** The signature fits and the time does not: a clock, a delay, a replay, or the unit. */
function staleSearch(kase: DoctorCase, rule: DigestRule | undefined): Search {
  const sent = rule === undefined ? undefined : presentedTime(kase, rule);
  const isMixed = sent !== undefined && sent.unit !== rule?.time?.unit;
  return { found: isMixed ? [wrongUnit] : undefined, tried: [wrongUnit] };
}

function inSeconds(kase: DoctorCase): Search {
  const { sentAt } = otherEvidence(kase);
  const isSeconds = sentAt !== null && sentAt < 100_000_000_000;
  return { found: isSeconds ? [wrongUnit] : undefined, tried: [wrongUnit] };
}

function generalMend({ code }: Refusal, rule: DigestRule | undefined, tried: readonly Mistake[]): string {
  switch (code) {
    case 'stale':
      return 'If it was held up, send it again from here as captured; else compare the clocks, or raise the tolerance.';
    case 'missing':
      return rule === undefined
        ? 'Let the caller send what the endpoint asks for.'
        : `Let the caller sign its requests and send the signature in the ${rule.digest.place === 'header' ? 'header' : 'query parameter'} ${rule.digest.name}.`;
    case 'repeated':
      return 'Let the caller, or the proxy between, send it once.';
    case 'malformed':
    case 'mismatch':
      return tried.length === 0
        ? 'Compare what the caller is set to with the settings of this endpoint.'
        : 'None of the usual mistakes explains it: most likely the caller has another key or secret. Give it the present one, or reset it.';
  }
}
