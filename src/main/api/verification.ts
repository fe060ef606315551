/** Why a captured request passed or failed its authentication, worked out again from its stored bytes (SPEC 5). */
import type { Verification } from '../../shared/contract/inspector.ts';
import { AppError, toAppError } from '../../shared/errors.ts';
import type { SecretValues } from '../../shared/fields.ts';
import { diagnose, type Diagnosis } from '../auth/doctor/diagnose.ts';
import type { DoctorCase, OtherSecrets } from '../auth/doctor/mistake.ts';
import { type ResolvedAuth, resolveAuth } from '../auth/registry.ts';
import { restoreCredentials } from '../base/credentials.ts';
import { headerValues, type RawRequest } from '../base/raw-request.ts';
import { endpointSecretPlace } from '../base/vault.ts';
import { bodyFieldsOf, bodyJsonOf } from '../receiver/body/body-fields.ts';
import { decodeBody, readEncoding } from '../receiver/body/decode-body.ts';
import { readPairs } from '../receiver/body/named-values.ts';
import type { EndpointRow, RequestRow } from '../store/types.ts';
import { spanInWords } from './durations.ts';
import { openSecrets } from './endpoint-secrets.ts';
import { readSettings } from './endpoint-view.ts';
import { authOf } from './hooks.ts';
import type { ApiParts } from './parts.ts';

/** Bytes a body may have out of its encoding, as for any endpoint (SPEC 12). */
const mostBytes = 33_554_432;
/** Other endpoints whose secrets are tried. */
const mostStrangers = 50;

type Verdict = Verification['verdict'];

/**
 * What the signature doctor says.
 * @throws AppError `conflict` when the endpoint is gone
 */
export async function verificationOf(parts: ApiParts, row: RequestRow): Promise<Verification> {
  const endpoint = parts.store.read.endpoints.byId(row.endpointId);
  if (endpoint === undefined) {
    throw new AppError({ code: 'conflict', message: 'The endpoint of this request is gone.' });
  }
  const verdict = verdictOf(row);
  const { auth, fault } = authOfEndpoint(parts, endpoint);
  if (auth === undefined) return unreadable(verdict, fault);
  const kase = await caseOf(parts, row, endpoint, auth);
  const { sentAt, passes, sentence, mend, ...diagnosis } = await diagnose(kase);
  return {
    ...diagnosis,
    scheme: auth.provider?.definition.provider ?? auth.scheme.definition.scheme,
    title: auth.scheme.definition.title,
    verdict: auth.scheme.definition.scheme === 'none' ? 'none' : verdict,
    ...inWords(row, verdict, { passes, sentence, mend }),
    clockSkewMs: sentAt === null ? null : Math.round(sentAt - capturedAt(row)),
    secretAgeNote: secretAge(parts, row),
    tried: diagnosis.tried.map((mistake) => ({ ...mistake })),
  };
}

/** What became of the authentication when the request came. */
function verdictOf({ stages }: RequestRow): Verdict {
  const stage = stages.find((one) => one.stage === 'auth');
  if (stage === undefined) return 'none';
  return stage.ok ? 'genuine' : 'refused';
}

/** Freshness counts as of when it was captured first. */
function capturedAt({ raw, stages }: RequestRow): number {
  return stages.find(({ repeat }) => repeat !== undefined)?.repeat?.freshAt ?? raw.receivedAt;
}

function authOfEndpoint(parts: ApiParts, endpoint: EndpointRow): { auth?: ResolvedAuth; fault: string } {
  try {
    return { auth: resolveAuth(authOf(readSettings(parts, endpoint))), fault: '' };
  } catch (thrown) {
    return { fault: toAppError(thrown).message };
  }
}

function unreadable(verdict: Verdict, fault: string): Verification {
  return {
    scheme: '',
    title: '',
    verdict,
    sentence: `The settings of the endpoint can not be used: ${fault}`,
    mend: 'Correct the authentication of the endpoint.',
    signedOver: null,
    presented: null,
    expected: null,
    clockSkewMs: null,
    secretAgeNote: null,
    tried: [],
  };
}

type Words = Pick<Diagnosis, 'passes' | 'sentence' | 'mend'>;

/** The sentence, seen from what happened then and what would happen now. */
function inWords(row: RequestRow, verdict: Verdict, now: Words): Pick<Verification, 'sentence' | 'mend'> {
  const isCut = row.storedBodySize < row.bodySize;
  if (verdict === 'genuine') {
    if (now.passes || isCut)
      return { sentence: now.passes ? now.sentence : 'It was genuine when it came.', mend: null };
    return {
      sentence: `It was genuine when it came; today it would be refused. ${now.sentence}`,
      mend: null,
    };
  }
  if (verdict === 'refused') {
    if (now.passes) {
      return {
        sentence:
          'It was refused when it came and would pass today: the secret or the settings were changed since.',
        mend: 'Retry it.',
      };
    }
    if (isCut) {
      return {
        sentence: `${row.reasonText ?? now.sentence} Only the first ${row.storedBodySize} of ${row.bodySize} bytes were kept, so a signature over them can not be examined.`,
        mend: 'Let the caller send it again, or raise the limit of the endpoint.',
      };
    }
    return { sentence: now.sentence, mend: now.mend };
  }
  if (row.verdict !== 'rejected' && now.passes) return { sentence: now.sentence, mend: null };
  const before =
    row.verdict === 'rejected'
      ? 'It was refused before its authentication was looked at.'
      : 'It was not checked.';
  return { sentence: `${before} ${now.sentence}`, mend: now.passes ? null : now.mend };
}

/** Everything the doctor looks at. */
async function caseOf(
  parts: ApiParts,
  row: RequestRow,
  endpoint: EndpointRow,
  auth: ResolvedAuth,
): Promise<DoctorCase> {
  const { store, vault, control } = parts;
  const stored: RawRequest = { ...row.raw, body: store.read.requests.body(row.id) ?? new Uint8Array(0) };
  const raw = restoreCredentials(stored, vault, row.id);
  const decodedBody = await decoded(raw);
  const [type] = headerValues(raw.headers, 'content-type');
  const at = raw.url.indexOf('?');
  const { publicUrl } = control.settings();
  const secrets = openOrNone(() => openSecrets(parts, endpoint.id));
  return {
    auth,
    check: {
      raw,
      decodedBody,
      query: at < 0 ? [] : readPairs(raw.url.slice(at + 1)),
      now: capturedAt(row),
      settings: auth.settings,
      secrets: [secrets],
      bodyFields: () => bodyFieldsOf(decodedBody, type),
      bodyJson: () => bodyJsonOf(decodedBody),
      ...(publicUrl === null ? {} : { publicUrl }),
    },
    others: [...formerSecrets(parts, endpoint), ...strangeSecrets(parts, endpoint, secrets)],
  };
}

async function decoded({ headers, body }: RawRequest): Promise<Uint8Array> {
  try {
    const encoding = readEncoding(headerValues(headers, 'content-encoding')[0]);
    return encoding === undefined || body.byteLength === 0
      ? body
      : await decodeBody(body, encoding, mostBytes);
  } catch {
    return body;
  }
}

function openOrNone(open: () => SecretValues): SecretValues {
  try {
    return open();
  } catch {
    return {};
  }
}

/** Secrets of this endpoint that are not good any more, as far as they are kept. */
function formerSecrets({ store, vault }: ApiParts, { id, name }: EndpointRow): readonly OtherSecrets[] {
  const sealed = [
    ...store.read.endpoints.retiredSecrets(id),
    ...store.read.endpoints
      .secrets(id)
      .flatMap(({ field, previousSealed }) =>
        previousSealed === null ? [] : [{ field, sealed: previousSealed }],
      ),
  ];
  return sealed.flatMap(({ field, sealed: text }): OtherSecrets[] => {
    const values = openOrNone(() => ({ [field]: vault.open(text, endpointSecretPlace(id, field)) }));
    return Object.keys(values).length === 0 ? [] : [{ kind: 'former', name, values }];
  });
}

/** Secrets of other endpoints, without those that are the same as here. */
function strangeSecrets(parts: ApiParts, { id }: EndpointRow, own: SecretValues): readonly OtherSecrets[] {
  const known = new Set(Object.values(own));
  return parts.store.read.endpoints
    .list()
    .filter((other) => other.id !== id)
    .slice(0, mostStrangers)
    .flatMap((other): OtherSecrets[] => {
      const opened = Object.entries(openOrNone(() => openSecrets(parts, other.id)));
      const values = Object.fromEntries(opened.filter(([, value]) => value !== '' && !known.has(value)));
      return Object.keys(values).length === 0 ? [] : [{ kind: 'stranger', name: other.name, values }];
    });
}

/** When the secret was set, seen from the request. */
function secretAge({ store }: ApiParts, row: RequestRow): string | null {
  const rows = store.read.endpoints.secrets(row.endpointId);
  if (rows.length === 0) return null;
  const setAt = Math.max(...rows.map((secret) => secret.setAt));
  const apart = row.raw.receivedAt - setAt;
  return apart >= 0
    ? `The secret was set ${spanInWords(apart)} before this request.`
    : `The secret was replaced ${spanInWords(-apart)} after this request.`;
}
