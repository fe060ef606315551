/** The style of the URL and who may call it: scheme and secrets, addresses, rate, methods, origins, duplicates. */
import { MultiSelect, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { EndpointView } from '../../../../shared/contract/views.ts';
import type { Field } from '../../../../shared/fields.ts';
import type { AuthDefinition, Catalog } from '../../../../shared/model/catalog.ts';
import { methodSchema, type WebhookConfig } from '../../../../shared/model/endpoint.ts';
import { FieldForm } from '../../../ui/FieldForm.tsx';
import { isMask } from '../../../ui/SecretInput.tsx';
import { useOpenWorkflow } from '../editor/editor-context.ts';
import type { FormIssue } from '../graph/form-issues.ts';
import { authOf, changeConfig } from './webhook-config.ts';

type Values = Readonly<Record<string, unknown>>;

export interface SecurityTabProps {
  readonly config: Partial<WebhookConfig>;
  readonly values: Values;
  readonly onChange: (values: Values) => void;
  readonly issues: readonly FormIssue[];
  readonly endpoint: EndpointView | undefined;
}

/** The tab *Style & security*. */
export function SecurityTab({ config, values, onChange, issues, endpoint }: SecurityTabProps) {
  const { kinds } = useOpenWorkflow();
  const { catalog } = kinds;
  const auth = authOf(config, catalog);
  const definition = catalog.auth.find((entry) => entry.scheme === auth.scheme);
  const style = catalog.styles.find((entry) => entry.style === config.style);
  const stored = endpoint?.settings.auth?.scheme === auth.scheme ? (endpoint?.secrets ?? []) : [];
  const masks = Object.fromEntries(stored.map(({ field }) => [field, '••••••••']));

  const changeStyle = (next: Values): void => {
    const chosen = catalog.styles.find((entry) => entry.style === next['style']);
    const isOther = chosen !== undefined && chosen.style !== config.style;
    // A style brings the auth its callers know, unless another was chosen here before.
    const isUsual = auth.scheme === style?.defaultAuth.scheme;
    onChange(isOther && isUsual ? changeConfig(next, { auth: chosen.defaultAuth }) : next);
  };
  const changeScheme = (scheme: unknown): void => {
    const usual = style?.defaultAuth.scheme === scheme ? style?.defaultAuth : { scheme };
    onChange(changeConfig(values, { auth: usual }));
  };
  const changeAuth = (next: Values): void => {
    const kept = Object.entries(next).filter(([, value]) => !isMask(value));
    onChange(changeConfig(values, { auth: { ...Object.fromEntries(kept), scheme: auth.scheme } }));
  };

  const drawMethods = (field: Field): ReactNode | undefined =>
    field.name === 'methods' ? (
      <MultiSelect
        size="xs"
        label="Methods"
        description="Empty: those of the style."
        data={methodSchema.options}
        value={config.methods ?? []}
        onChange={(methods) =>
          onChange(changeConfig(values, { methods: methods.length === 0 ? undefined : methods }))
        }
      />
    ) : undefined;

  return (
    <Stack gap="md">
      <FieldForm
        fields={styleFields(catalog)}
        values={{ style: config.style, ...values }}
        onChange={changeStyle}
        issues={issues}
      />
      {style === undefined ? null : (
        <Text size="xs" c="dimmed">
          {style.urlPattern}. {style.description}
        </Text>
      )}
      <FieldForm
        fields={[schemeField(catalog.auth)]}
        values={{ scheme: auth.scheme }}
        onChange={(next) => changeScheme(next['scheme'])}
      />
      {definition === undefined || definition.fields.length === 0 ? null : (
        <FieldForm
          key={`${auth.scheme} ${stored.length}`}
          fields={definition.fields}
          values={{ ...masks, ...auth }}
          onChange={changeAuth}
          issues={issues}
          path="auth"
        />
      )}
      <FieldForm
        fields={gateFields}
        values={values}
        onChange={onChange}
        issues={issues}
        override={drawMethods}
      />
    </Stack>
  );
}

function styleFields(catalog: Catalog): readonly Field[] {
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

function schemeField(schemes: readonly AuthDefinition[]): Field {
  return {
    name: 'scheme',
    label: 'Authentication',
    kind: 'select',
    options: schemes.map(({ scheme, title }) => ({ value: scheme, label: title })),
  };
}

const gateFields: readonly Field[] = [
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
        help: 'Empty: Idempotency-Key, webhook-id or the provider’s delivery id, where one is sent.',
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
];
