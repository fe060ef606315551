/** The scheme `apiKey`: one key, in a header or in the query (SPEC 5). FlowX's `flowxApiKey` is this with `in: query`. */
import { isSecret } from './compare.ts';
import { headerNamePattern } from './header-name.ts';
import { presentedHeader, presentedPair } from './presented.ts';
import { refuse, requireSecrets, textSetting, type AuthScheme } from './scheme.ts';

export const apiKey: AuthScheme = {
  definition: {
    scheme: 'apiKey',
    title: 'API key',
    description: 'The caller sends a key in a header, or in the query of the URL.',
    fields: [
      { name: 'key', label: 'Key', kind: 'secret', generate: true, required: true },
      {
        name: 'in',
        label: 'Sent in',
        kind: 'select',
        default: 'header',
        options: [
          { value: 'header', label: 'Header' },
          { value: 'query', label: 'Query (the URL itself is then a secret)' },
        ],
      },
      {
        name: 'name',
        label: 'Name',
        kind: 'text',
        default: 'x-api-key',
        maxLength: 100,
        pattern: headerNamePattern,
        help: 'Name of the header or query parameter.',
      },
    ],
  },
  verify({ raw, query, settings, secrets }) {
    const sets = requireSecrets(secrets, ['key']);
    const name = textSetting(settings, 'name', 'x-api-key');
    const inQuery = settings['in'] === 'query';
    const presented = inQuery ? presentedPair(query, name) : presentedHeader(raw.headers, name);
    const place = inQuery ? `The query parameter ${name}` : `The header ${name}`;
    if (presented.kind === 'missing') return refuse('missing', `${place} is missing.`);
    if (presented.kind === 'repeated') return refuse('repeated', `${place} was sent more than once.`);
    if (presented.value === '') return refuse('missing', `${place} is empty.`);
    const index = sets.findIndex((set) => isSecret(presented.value, set['key'] ?? ''));
    if (index >= 0) return { ok: true, secretIndex: index };
    return refuse('mismatch', `${place} holds another key.`);
  },
  presents(settings) {
    const name = textSetting(settings, 'name', 'x-api-key');
    return settings['in'] === 'query' ? { headers: [], query: [name] } : { headers: [name], query: [] };
  },
  sign({ secrets, settings }) {
    const key = requireSecrets([secrets], ['key'])[0]?.['key'] ?? '';
    const name = textSetting(settings, 'name', 'x-api-key');
    return settings['in'] === 'query'
      ? { headers: {}, query: { [name]: key } }
      : { headers: { [name]: key }, query: {} };
  },
};
