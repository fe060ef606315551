/** The fields of *Style & security* beside those a scheme brings: who may call, how often, and what counts as the same. */
import type { Field } from '../../../shared/fields.ts';
import type { AuthDefinition, Catalog, ProviderDefinition } from '../../../shared/model/catalog.ts';

/** Style and slug of the URL. */
export function styleFields(catalog: Catalog): readonly Field[] {
  return [
    {
      name: 'style',
      label: 'Style',
      kind: 'select',
      options: catalog.styles.map(({ style, title }) => ({ value: style, label: title })),
      help: 'Which product’s callers it speaks with: the URL and how the body is understood.',
    },
    {
      name: 'slug',
      label: 'Slug in the URL',
      kind: 'text',
      maxLength: 64,
      placeholder: 'made of the workflow’s',
      when: { field: 'style', in: ['native', 'metal'] },
    },
  ];
}

/** The choice of the scheme, and of the sender where the scheme is theirs. */
export function schemeFields(
  schemes: readonly AuthDefinition[],
  providers: readonly ProviderDefinition[],
): readonly Field[] {
  return [
    {
      name: 'scheme',
      label: 'Authentication',
      kind: 'select',
      options: schemes.map(({ scheme, title }) => ({ value: scheme, label: title })),
    },
    {
      name: 'provider',
      label: 'Sender',
      kind: 'select',
      required: true,
      placeholder: 'Choose who sends',
      options: providers.map(({ provider, title }) => ({ value: provider, label: title })),
      when: { field: 'scheme', in: ['provider'] },
    },
  ];
}

/** All other conditions of an endpoint; every one that is set must hold. */
export const gateFields: readonly Field[] = [
  { name: 'methods', label: 'Methods', kind: 'list' },
  {
    name: 'ipAllow',
    label: 'Allowed addresses',
    kind: 'list',
    help: 'CIDR or single addresses, IPv4 or IPv6. Empty: any. Enter after each.',
    placeholder: '10.0.0.0/8',
  },
  {
    name: 'rateLimit',
    label: 'Rate limit',
    kind: 'group',
    fields: [
      {
        name: 'perMinute',
        label: 'Requests per minute',
        kind: 'number',
        integer: true,
        min: 1,
        max: 1_000_000,
      },
    ],
  },
  {
    name: 'cors',
    label: 'Calls from web pages',
    kind: 'group',
    help: 'Pages of these origins may call; others are refused.',
    fields: [{ name: 'origins', label: 'Origins', kind: 'list', placeholder: 'https://app.example.com' }],
  },
  {
    name: 'dedupe',
    label: 'Duplicates',
    kind: 'group',
    help: 'A request whose key came before starts nothing and gets the first answer again.',
    fields: [
      {
        name: 'key',
        label: 'Key',
        kind: 'template',
        placeholder: '{{trigger.data.event_id}}',
        help: 'Empty: Idempotency-Key, webhook-id or the sender’s delivery id, where one is sent.',
      },
      {
        name: 'body',
        label: 'The same body is the same request',
        kind: 'boolean',
        help: 'The bytes of the body are the key, whatever id is sent with it.',
      },
      {
        name: 'windowSeconds',
        label: 'Remembered for',
        kind: 'number',
        integer: true,
        min: 1,
        max: 2_592_000,
        unit: 's',
        placeholder: '604800 s (7 days)',
      },
    ],
  },
  {
    name: 'maxBodyBytes',
    label: 'Largest body',
    kind: 'number',
    integer: true,
    min: 0,
    max: 33_554_432,
    unit: 'bytes',
    placeholder: '1048576 bytes (1 MiB)',
  },
  {
    name: 'senderDeadlineSeconds',
    label: 'The sender waits',
    kind: 'number',
    min: 0.1,
    max: 3_600,
    unit: 's',
    placeholder: 'known for known senders',
    help: 'You are warned when answers come later than that.',
  },
  {
    name: 'strictJson',
    label: 'Refuse JSON with repeated keys',
    kind: 'boolean',
    help: 'Else the last of two equal keys wins, and the request is marked.',
  },
  {
    name: 'handshake',
    label: 'Handshake',
    kind: 'group',
    help: 'For senders that ask before they send: a request that has all of this is answered and starts nothing. Known senders bring their own.',
    fields: [
      {
        name: 'match',
        label: 'A request with',
        kind: 'group',
        fields: [
          {
            name: 'method',
            label: 'Method',
            kind: 'select',
            options: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((value) => ({ value, label: value })),
          },
          { name: 'query', label: 'Query', kind: 'map', help: '* stands for any value.' },
          { name: 'headers', label: 'Headers', kind: 'map' },
          { name: 'body', label: 'Fields of the body', kind: 'map' },
        ],
      },
      { name: 'status', label: 'Status', kind: 'number', integer: true, min: 200, max: 299, default: 200 },
      { name: 'headers', label: 'Headers of the answer', kind: 'map' },
      {
        name: 'body',
        label: 'Body of the answer',
        kind: 'json',
        placeholder: '{{trigger.query.challenge}}',
        help: 'A text or JSON; texts may hold {{ }} over the request.',
      },
    ],
  },
];
