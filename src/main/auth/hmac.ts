/**
 * The scheme `hmac`: a keyed digest over the raw bytes, alone or joined with timestamp, id, URL and method (SPEC 5).
 * Metal, FlowTrux and most senders are settings of it.
 */
import { headerNamePattern } from './header-name.ts';
import { signHmac, verifyHmac, type HmacRule } from './hmac-rule.ts';
import { textSetting, type AuthScheme } from './scheme.ts';
import { faultOfTemplate, isSigned } from './signed-text.ts';

/** Where the delivery id for `{id}` is looked for, in this order. */
const idHeaders = ['webhook-id', 'svix-id', 'idempotency-key'] as const;
const defaultTimestampHeader = 'X-Webhook-Timestamp';
const defaultToleranceSeconds = 300;

function ruleOf(settings: Readonly<Record<string, unknown>>): HmacRule {
  const { algorithm, encoding, prefix, toleranceSeconds } = settings;
  const signed = textSetting(settings, 'signed', '{body}');
  const isTimed =
    textSetting(settings, 'timestampHeader', '') !== '' ||
    typeof toleranceSeconds === 'number' ||
    isSigned(signed, 'timestamp');
  const seconds = typeof toleranceSeconds === 'number' ? toleranceSeconds : defaultToleranceSeconds;
  const header = textSetting(settings, 'timestampHeader', defaultTimestampHeader);
  return {
    header: textSetting(settings, 'header', 'X-Webhook-Signature'),
    algorithm: algorithm === 'sha1' || algorithm === 'sha512' ? algorithm : 'sha256',
    encoding: encoding === 'base64' ? 'base64' : 'hex',
    signed,
    idHeaders,
    ...(typeof prefix === 'string' && prefix !== '' ? { prefix } : {}),
    ...(isTimed ? { timestamp: { header, toleranceMs: seconds * 1_000 } } : {}),
  };
}

export const hmac: AuthScheme = {
  definition: {
    scheme: 'hmac',
    title: 'HMAC signature',
    description: 'The caller signs the exact bytes of the body with a shared secret.',
    fields: [
      { name: 'secret', label: 'Secret', kind: 'secret', generate: true, required: true },
      {
        name: 'header',
        label: 'Signature header',
        kind: 'text',
        default: 'X-Webhook-Signature',
        maxLength: 100,
        pattern: headerNamePattern,
      },
      {
        name: 'algorithm',
        label: 'Algorithm',
        kind: 'select',
        default: 'sha256',
        options: [
          { value: 'sha256', label: 'SHA-256' },
          { value: 'sha1', label: 'SHA-1' },
          { value: 'sha512', label: 'SHA-512' },
        ],
      },
      {
        name: 'encoding',
        label: 'Encoding',
        kind: 'select',
        default: 'hex',
        options: [
          { value: 'hex', label: 'Hex' },
          { value: 'base64', label: 'Base64' },
        ],
      },
      {
        name: 'prefix',
        label: 'Prefix',
        kind: 'text',
        maxLength: 40,
        placeholder: 'sha256=',
        help: 'Text before the digest. Left empty, the digest may stand with or without its algorithm as prefix.',
      },
      {
        name: 'signed',
        label: 'Signed text',
        kind: 'text',
        default: '{body}',
        maxLength: 500,
        help: 'Made of {body} {timestamp} {id} {url} {method}, e.g. {timestamp}.{body}',
      },
      {
        name: 'timestampHeader',
        label: 'Timestamp header',
        kind: 'text',
        maxLength: 100,
        pattern: headerNamePattern,
        placeholder: defaultTimestampHeader,
        help: 'Header with the time of sending in whole seconds since 1970.',
      },
      {
        name: 'toleranceSeconds',
        label: 'Tolerance',
        kind: 'number',
        min: 1,
        max: 86_400,
        unit: 's',
        help: 'How far the timestamp may be from now, before or after. 300 when a timestamp is used.',
      },
    ],
  },
  check(settings) {
    const message = faultOfTemplate(textSetting(settings, 'signed', '{body}'));
    return message === undefined ? [] : [{ path: 'signed', message }];
  },
  verify: (check) => verifyHmac(check, ruleOf(check.settings)),
  sign: (input) => signHmac(input, ruleOf(input.settings)),
};
