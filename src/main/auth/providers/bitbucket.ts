/** Bitbucket, Cloud and Data Center: the body signed in the WebSub header. */
import { secretField } from './fields.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import type { Provider } from './provider.ts';

export const bitbucket: Provider = hmacProvider(
  {
    provider: 'bitbucket',
    title: 'Bitbucket',
    description: 'Repository settings > Webhooks > Add webhook: enter the URL and the secret.',
    formula: 'HMAC-SHA256 of the body, hex with "sha256=", in X-Hub-Signature.',
    fields: [secretField('Secret', 'The same text as in the webhook of Bitbucket.')],
    deadlineMs: 10_000,
    // The id of the request stands in a header that is not signed.
    replayable: true,
    handshake: null,
  },
  { ...usualRule, header: 'X-Hub-Signature', prefix: 'sha256=' },
  { id: { header: 'X-Request-UUID' } },
);
