/** Jira and other Atlassian clouds: the body signed in the WebSub header. */
import { secretField } from './fields.ts';
import { hmacProvider, usualRule } from './hmac-provider.ts';
import type { Provider } from './provider.ts';

export const jira: Provider = hmacProvider(
  {
    provider: 'jira',
    title: 'Jira (Atlassian)',
    description: 'Jira > Settings > System > WebHooks > Create: enter the URL and the secret.',
    formula: 'HMAC-SHA256 of the body, hex with "sha256=", in X-Hub-Signature.',
    fields: [secretField('Secret', 'The same text as in the webhook of Jira.')],
    deadlineMs: null,
    // The identifier stands in a header that is not signed.
    replayable: true,
    handshake: null,
  },
  { ...usualRule, header: 'X-Hub-Signature', prefix: 'sha256=' },
  { id: { header: 'X-Atlassian-Webhook-Identifier' } },
);
