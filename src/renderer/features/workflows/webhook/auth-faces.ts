/**
 * What a caller has to send for each auth scheme, in words and by name: which headers carry a credential as it is, and
 * which scheme computes something that can only be explained and tried out.
 */
import type { Field } from '../../../../shared/fields.ts';
import type { ProviderDefinition } from '../../../../shared/model/catalog.ts';
import type { AuthSettings } from '../../../../shared/model/endpoint.ts';

export interface CredentialFace {
  /** The field of the scheme whose secret it is. */
  readonly field: string;
  /** The header or name callers know it by, e.g. `x-api-key`. */
  readonly label: string;
  readonly help?: string;
}

const text = (value: unknown, otherwise: string): string =>
  typeof value === 'string' && value !== '' ? value : otherwise;

/** The credentials of a scheme, in the order callers need them. */
export function credentialFaces(auth: AuthSettings, fields: readonly Field[]): readonly CredentialFace[] {
  switch (auth.scheme) {
    case 'keyPair':
      return [
        { field: 'key', label: text(auth['keyHeader'], 'x-api-key') },
        { field: 'secret', label: text(auth['secretHeader'], 'x-api-secret') },
      ];
    case 'apiKey':
      return [
        {
          field: 'key',
          label: text(auth['name'], 'x-api-key'),
          ...(auth['in'] === 'query' ? { help: 'Sent as a parameter of the URL.' } : {}),
        },
      ];
    case 'appSign':
      return [
        { field: 'appKey', label: 'AppKey' },
        { field: 'secretKey', label: 'SecretKey', help: 'Never sent: it goes into Sign only.' },
      ];
    default:
      return fields
        .filter((field) => field.kind === 'secret')
        .map((field) => ({ field: field.name, label: field.label }));
  }
}

/** How a request is signed, in a sentence; null where the credential is sent as it is. */
export function explainAuth(auth: AuthSettings, sender?: ProviderDefinition): string | null {
  switch (auth.scheme) {
    case 'none':
      return 'Anybody who knows the URL can call it.';
    case 'hmac': {
      const algorithm = text(auth['algorithm'], 'sha256').toUpperCase().replace('SHA', 'SHA-');
      const signed = text(auth['signed'], '{body}');
      const what = signed === '{body}' ? 'the raw body' : signed;
      return `Send ${text(auth['prefix'], '')}HMAC-${algorithm} of ${what}, keyed with the secret, as ${text(auth['encoding'], 'hex')} in the header ${text(auth['header'], 'X-Webhook-Signature')}.`;
    }
    case 'appSign':
      return 'Send AppKey, Timestamp (ms) and Sign = base64(hex(sha256("AppKey=…&SecretKey=…&Timestamp=…"))) in the query, the body or headers.';
    case 'provider':
      return sender === undefined ? null : `${sender.title} signs by itself: ${sender.formula}.`;
    case 'basic':
      return 'Send user name and password as HTTP Basic authentication.';
    case 'bearer':
      return 'Send the header Authorization: Bearer, followed by the token.';
    case 'jwt':
      return 'Send the header Authorization: Bearer, followed by a token signed with the secret or private key.';
    default:
      return null;
  }
}
