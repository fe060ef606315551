/** The scheme `keyPair`: a key and a secret in two headers, both of which must be right (SPEC 5, ValidMind). */
import { isSecret } from './compare.ts';
import { headerNamePattern } from './header-name.ts';
import { presentedHeader } from './presented.ts';
import { refuse, requireSecrets, textSetting, type AuthScheme } from './scheme.ts';

const keyHeader = 'x-api-key';
const secretHeader = 'x-api-secret';

export const keyPair: AuthScheme = {
  definition: {
    scheme: 'keyPair',
    title: 'API key and secret',
    description: 'The caller sends a key and a secret in two headers.',
    fields: [
      { name: 'key', label: 'API key', kind: 'secret', generate: true, required: true },
      { name: 'secret', label: 'API secret', kind: 'secret', generate: true, required: true },
      {
        name: 'keyHeader',
        label: 'Header of the key',
        kind: 'text',
        default: keyHeader,
        maxLength: 100,
        pattern: headerNamePattern,
      },
      {
        name: 'secretHeader',
        label: 'Header of the secret',
        kind: 'text',
        default: secretHeader,
        maxLength: 100,
        pattern: headerNamePattern,
      },
    ],
  },
  verify({ raw, settings, secrets }) {
    const sets = requireSecrets(secrets, ['key', 'secret']);
    const keyName = textSetting(settings, 'keyHeader', keyHeader);
    const secretName = textSetting(settings, 'secretHeader', secretHeader);
    const key = presentedHeader(raw.headers, keyName);
    const secret = presentedHeader(raw.headers, secretName);
    for (const [name, presented] of [[keyName, key] as const, [secretName, secret] as const]) {
      if (presented.kind === 'missing') return refuse('missing', `The header ${name} is missing.`);
      if (presented.kind === 'repeated')
        return refuse('repeated', `The header ${name} was sent more than once.`);
    }
    if (key.kind !== 'one' || secret.kind !== 'one') return refuse('missing', 'The two headers are missing.');

    let keyFits = false;
    for (const [index, set] of sets.entries()) {
      // Both comparisons are always made, so that the time tells nothing about which of them failed.
      const isKey = isSecret(key.value, set['key'] ?? '');
      const isPartner = isSecret(secret.value, set['secret'] ?? '');
      if (isKey && isPartner) return { ok: true, secretIndex: index };
      keyFits ||= isKey;
    }
    return refuse(
      'mismatch',
      keyFits
        ? `The key fits; the header ${secretName} holds another secret.`
        : `The header ${keyName} holds another key.`,
    );
  },
  presents: (settings) => ({
    headers: [
      textSetting(settings, 'keyHeader', keyHeader),
      textSetting(settings, 'secretHeader', secretHeader),
    ],
    query: [],
  }),
  sign({ secrets, settings }) {
    const [set] = requireSecrets([secrets], ['key', 'secret']);
    return {
      headers: {
        [textSetting(settings, 'keyHeader', keyHeader)]: set?.['key'] ?? '',
        [textSetting(settings, 'secretHeader', secretHeader)]: set?.['secret'] ?? '',
      },
      query: {},
    };
  },
};
