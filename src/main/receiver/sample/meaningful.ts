/**
 * What of a request is worth being a parameter (SPEC 6): headers that say something about the event, never those of the
 * transport; and no place, name or value that is a credential.
 */
import type { EndpointSettings } from '../../../shared/model/endpoint.ts';
import { type CredentialNames, isSecretHeader, isSecretParameter } from '../../base/credentials.ts';
import type { StyleBehaviour } from '../../styles/style.ts';

/** What has to be known of an endpoint to read its samples. */
export interface SampleRules {
  /** Fields of the body that belong to the style, not to the payload (`action` of validmind). */
  readonly words: ReadonlySet<string>;
  /** Whether query and body are one set of fields. */
  readonly mergesQuery: boolean;
  readonly credentials: CredentialNames;
}

/** Names under which a caller signs in query, body or headers (SPEC 5, `appSign`). */
const appSignNames = ['AppKey', 'Sign', 'Timestamp'];

/** The rules of an endpoint. */
export function sampleRules(
  style: StyleBehaviour,
  settings: Pick<EndpointSettings, 'auth'>,
  credentials: CredentialNames,
): SampleRules {
  const signs = settings.auth?.scheme === 'appSign' ? appSignNames : [];
  return {
    words: new Set([...(style.words ?? []), ...signs]),
    mergesQuery: style.mergesQuery === true,
    credentials: {
      headers: credentials.headers,
      query: new Set([...credentials.query, ...signs]),
    },
  };
}

/** Headers every request has, or that tell of the way it took. */
const transport = new Set(
  (
    'host connection accept date expect te trailer upgrade via warning pragma range origin referer user-agent dnt ' +
    'cache-control keep-alive transfer-encoding idempotency-key forwarded from max-forwards priority save-data ' +
    'traceparent tracestate baggage b3 cdn-loop true-client-ip x-real-ip x-client-ip x-request-id ' +
    'x-correlation-id x-amzn-trace-id x-cloud-trace-context x-requested-with x-http-method-override'
  ).split(' '),
);
const transportBegin =
  /^(?:accept-|content-|sec-|if-|proxy-|cf-|x-forwarded-|x-b3-|x-envoy-|x-original-|ngrok-|upgrade-)/;
/** Ids and times that are new with every delivery and signed with it. */
const deliveryEnd =
  /(?:^|-)(?:signature|sign|hmac|digest|timestamp|nonce|delivery|(?:webhook|svix|message)-id)(?:-|$)/;
/** Words by which people call what is nobody's business. */
const secretWord =
  /pass(?:word|wd|phrase|code)|secret|token|credential|authori[sz]ation|api[-_ ]?key|(?:access|private|signing|auth)[-_ ]?key|signature|cookie|session|(?:^|[-_ ])(?:auth|sign|hmac|pin|otp|cvv|cvc|iban|ssn)(?:$|[-_ ])|card[-_ ]?(?:number|no)$/i;

/** Whether a name is one that secrets have: its value is shown nowhere. */
export function isSecretName(name: string): boolean {
  const apart = name.replace(/([a-z0-9])([A-Z])/g, '$1-$2');
  return secretWord.test(apart) || secretWord.test(name);
}

/** The same of a query parameter, where senders put keys under shorter names. */
export function isSecretQuery(name: string): boolean {
  return isSecretParameter(name) || isSecretName(name);
}

/** Whether a header, by its lower-case name, says something about the event. */
export function isMeaningfulHeader(name: string, { credentials }: SampleRules): boolean {
  if (transport.has(name) || transportBegin.test(name) || deliveryEnd.test(name)) return false;
  return !credentials.headers.has(name) && !isSecretHeader(name) && !isSecretName(name);
}
