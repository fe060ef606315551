/**
 * Sends a stored request again: as it was captured, edited, signed afresh, or to another endpoint (SPEC 11, RELIABILITY D7).
 * It goes through the same stages as one from the wire and is stored as a request of its own that says what it repeats.
 */
import type { RequestEdit } from '../../shared/contract/inspector.ts';
import { AppError } from '../../shared/errors.ts';
import type { SecretValues } from '../../shared/fields.ts';
import type { RepeatMode } from '../../shared/model/request.ts';
import { digestRuleOf } from '../auth/doctor/digest-rule.ts';
import { type ResolvedAuth, resolveAuth } from '../auth/registry.ts';
import { restoreCredentials } from '../base/credentials.ts';
import { headerValues, type RawRequest } from '../base/raw-request.ts';
import { bodyFieldsOf } from '../receiver/body/body-fields.ts';
import type { EndpointRow, RequestRow } from '../store/types.ts';
import { editRequest } from './edit-request.ts';
import { openSecrets } from './endpoint-secrets.ts';
import { readSettings } from './endpoint-view.ts';
import { authOf } from './hooks.ts';
import { ownOrigin } from './origins.ts';
import type { ApiParts } from './parts.ts';
import { secretsByEndpoint } from './request-view.ts';
import { withoutForeignCredentials, withSignature } from './sign-request.ts';

export interface RepeatWish {
  readonly mode: RepeatMode;
  /** Default: the endpoint it came to. */
  readonly endpoint?: string | undefined;
  readonly edit?: RequestEdit | undefined;
  /** Key under which a bulk job repeats it: however often, it is taken once. */
  readonly jobKey?: string | undefined;
}

/** What the endpoint answered to a request judged again. */
export interface Judged {
  readonly requestId: string | null;
  readonly status: number;
  readonly body: string;
  readonly runIds: string[];
  /** Whether it was not refused; a run that then fails is the run's matter. */
  readonly isTaken: boolean;
  /** Why it was refused. */
  readonly reason: string | null;
  readonly reasonText: string | null;
}

/**
 * Judges a stored request again, as of today (SPEC 2).
 * @throws AppError `conflict` when its endpoint is gone, its body was cut, or only its sender can sign it; `not_found` for
 * an unknown endpoint; `invalid` when a changed request would have to be signed; `endpoint_misconfigured`
 */
export async function repeatRequest(parts: ApiParts, row: RequestRow, wish: RepeatWish): Promise<Judged> {
  const { store, receiver, vault } = parts;
  const { edit, jobKey, mode } = wish;
  const endpoint = endpointFor(parts, row, wish);
  if (row.storedBodySize < row.bodySize && edit?.body === undefined) {
    throw new AppError({
      code: 'conflict',
      message: 'Only the beginning of this refused body was kept; the caller has to send it again.',
    });
  }
  const stored = store.read.requests.raw(row.id);
  if (stored === undefined) throw new AppError({ code: 'not_found', message: 'No such request.' });
  const elsewhere = endpoint.id !== row.endpointId;
  let raw = restoreCredentials(stored, vault, row.id);
  if (edit !== undefined) raw = editRequest(raw, stored, edit, secretsByEndpoint(parts)(row.endpointId));
  if (elsewhere) raw = redirected(parts, raw, row.endpointId, endpoint);
  if (mode === 'signed') raw = signed(parts, raw, endpoint);
  else if (elsewhere || edit !== undefined)
    refuseUnsigned(authFor(parts, endpoint), openSecrets(parts, endpoint.id));

  const reply = await receiver.judge(raw, {
    replayOf: row.id,
    endpointId: endpoint.id,
    waiveFreshness: mode === 'asCaptured',
    edited: edit !== undefined,
    ...(jobKey === undefined ? {} : { jobKey }),
  });
  await store.drain();
  const repeat = store.read.requests.byId(reply.requestId);
  return {
    requestId: repeat?.id ?? null,
    status: reply.status,
    body: typeof reply.body === 'string' ? reply.body : Buffer.from(reply.body).toString('utf8'),
    runIds: repeat?.runs.map((run) => run.id) ?? [],
    isTaken: repeat !== undefined && repeat.verdict !== 'rejected',
    reason: repeat?.reason ?? null,
    reasonText: repeat?.reasonText ?? null,
  };
}

function endpointFor({ store }: ApiParts, row: RequestRow, { endpoint: wished }: RepeatWish): EndpointRow {
  const found = store.read.endpoints.byId(wished ?? row.endpointId);
  if (found !== undefined) return found;
  if (wished !== undefined) throw new AppError({ code: 'not_found', message: 'No such endpoint.' });
  throw new AppError({ code: 'conflict', message: 'The endpoint of this request is gone.' });
}

function authFor(parts: ApiParts, endpoint: EndpointRow): ResolvedAuth {
  return resolveAuth(authOf(readSettings(parts, endpoint)));
}

/** The same request at another endpoint's path; keys of its own endpoint stay behind. */
function redirected(parts: ApiParts, raw: RawRequest, fromId: string, to: EndpointRow): RawRequest {
  const from = parts.store.read.endpoints.byId(fromId);
  const at = raw.url.indexOf('?');
  const moved = { ...raw, url: to.path + (at < 0 ? '' : raw.url.slice(at)) };
  return from === undefined
    ? moved
    : withoutForeignCredentials(moved, authFor(parts, from), authFor(parts, to));
}

/** What covers the bytes by a signature can not be changed and keep it; a key that is only presented can stay. */
function refuseUnsigned(auth: ResolvedAuth, secrets: SecretValues): void {
  const { scheme: name, title } = auth.scheme.definition;
  const isPresented = auth.scheme.presents !== undefined && digestRuleOf(auth, secrets, false) === undefined;
  if (name === 'none' || isPresented) return;
  throw new AppError({
    code: 'invalid',
    message: `${title}: a changed request needs a new signature. Send it with the mode "signed".`,
    details: { issues: [{ path: 'mode', message: 'A changed request has to be signed afresh here.' }] },
  });
}

/** The request with a signature or key of today. @throws AppError `conflict`, `endpoint_misconfigured` */
function signed(parts: ApiParts, raw: RawRequest, endpoint: EndpointRow): RawRequest {
  const auth = authFor(parts, endpoint);
  const { scheme } = auth;
  if (scheme.definition.scheme === 'none') return raw;
  if (scheme.sign === undefined) {
    throw new AppError({
      code: 'conflict',
      message: `${scheme.definition.title}: only the sender can sign its requests; here they can be sent again as captured.`,
    });
  }
  if (scheme.definition.scheme === 'appSign') refuseSignInBody(raw);
  return withSignature(raw, auth, {
    secrets: openSecrets(parts, endpoint.id),
    origin: parts.control.settings().publicUrl ?? undefined,
    ownOrigin: ownOrigin(parts),
    now: parts.clock.now(),
  });
}

/** A sign inside of the body would stand beside the new one, and two are none. */
function refuseSignInBody({ body, headers }: RawRequest): void {
  const fields = new Set(bodyFieldsOf(body, headerValues(headers, 'content-type')[0]).map(([name]) => name));
  if (!['AppKey', 'Sign', 'Timestamp'].some((name) => fields.has(name))) return;
  throw new AppError({
    code: 'conflict',
    message:
      'AppKey, Sign and Timestamp stand in the body: take them out of it by editing, then it can be signed afresh.',
  });
}
