import { expect, test } from 'vitest';
import type { Catalog } from '../../../../src/shared/model/catalog.ts';
import {
  splitSecrets,
  withoutSecrets,
  withSecrets,
} from '../../../../src/renderer/features/workflows/graph/secrets.ts';
import { graph, step } from './samples.ts';

const catalog: Catalog = {
  steps: [
    {
      kind: 'mail',
      title: 'Mail',
      group: 'Actions',
      icon: 'Mail',
      description: '',
      summary: '',
      outlets: { kind: 'one' },
      start: 'never',
      effect: 'outward',
      fields: [
        { name: 'to', label: 'To', kind: 'text' },
        {
          name: 'server',
          label: 'Server',
          kind: 'group',
          fields: [
            { name: 'host', label: 'Host', kind: 'text' },
            { name: 'password', label: 'Password', kind: 'secret' },
          ],
        },
      ],
    },
  ],
  auth: [
    {
      scheme: 'hmac',
      title: 'HMAC',
      description: '',
      fields: [
        { name: 'secret', label: 'Secret', kind: 'secret' },
        { name: 'header', label: 'Header', kind: 'text' },
      ],
    },
  ],
  providers: [],
  styles: [],
};

test('no secret of a webhook or a step stays in the document', () => {
  const document = {
    ...graph([], []),
    nodes: [
      step('hook', { type: 'webhook', config: { auth: { scheme: 'hmac', secret: '••••', header: 'X' } } }),
      step('mail', { type: 'mail', config: { to: 'a', server: { host: 'h', password: 'p' } } }),
    ],
  };
  expect(withoutSecrets(document, catalog).nodes.map((node) => node.config)).toEqual([
    { auth: { scheme: 'hmac', header: 'X' } },
    { to: 'a', server: { host: 'h' } },
  ]);
});

test('new secrets wait beside the document and join it only when it is sent', () => {
  const typed = { auth: { scheme: 'hmac', header: 'X', secret: 'new' } };
  const { config, secrets } = splitSecrets('webhook', typed, catalog);
  expect(config).toEqual({ auth: { scheme: 'hmac', header: 'X' } });
  expect(secrets).toEqual({ auth: { secret: 'new' } });
  const document = { ...graph([], []), nodes: [step('hook', { type: 'webhook', config })] };
  const sent = withSecrets(document, { hook: secrets ?? {}, gone: { auth: { secret: 'x' } } });
  expect(sent.nodes[0]?.config).toEqual(typed);
});

test('a step without secrets gives null', () => {
  expect(splitSecrets('webhook', { auth: { scheme: 'none' } }, catalog).secrets).toBeNull();
});
