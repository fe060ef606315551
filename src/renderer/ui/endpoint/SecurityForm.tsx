/** The style of the URL and who may call it: scheme or sender and secrets, addresses, rate, methods, origins, duplicates. */
import { MultiSelect, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { EndpointView } from '../../../shared/contract/views.ts';
import type { Field } from '../../../shared/fields.ts';
import { authFieldsOf, type Catalog, type ProviderDefinition } from '../../../shared/model/catalog.ts';
import { type EndpointSettings, methodSchema } from '../../../shared/model/endpoint.ts';
import { FieldForm } from '../FieldForm.tsx';
import { isMask } from '../SecretInput.tsx';
import classes from './endpoint.module.css';
import { authOf, changeValues, type Values } from './endpoint-settings.ts';
import { gateFields, schemeFields, styleFields } from './security-fields.ts';

export interface SecurityFormProps {
  readonly catalog: Catalog;
  /** What is valid of `values`. */
  readonly config: Partial<EndpointSettings>;
  readonly values: Values;
  readonly onChange: (values: Values) => void;
  readonly issues: readonly { readonly path: string; readonly message: string }[];
  /** The endpoint as it is stored; tells which secrets are there. */
  readonly endpoint: EndpointView | undefined;
  /** The style gave the URL and can not be changed any more. */
  readonly isStyleFixed?: boolean;
}

/** The form *Style & security*. */
export function SecurityForm(props: SecurityFormProps): ReactNode {
  const { catalog, config, values, onChange, issues, endpoint, isStyleFixed = false } = props;
  const auth = authOf(config, catalog);
  const sender = catalog.providers.find(({ provider }) => provider === auth['provider']);
  const fields = authFieldsOf(catalog, auth);
  const style = catalog.styles.find((entry) => entry.style === config.style);
  const storedAuth = endpoint?.settings.auth;
  const isStored =
    storedAuth?.scheme === auth.scheme &&
    storedAuth['provider'] === auth['provider'] &&
    storedAuth !== undefined;
  const stored = isStored ? (endpoint?.secrets ?? []) : [];
  const masks = Object.fromEntries(stored.map(({ field }) => [field, '••••••••']));

  const changeStyle = (next: Values): void => {
    const chosen = catalog.styles.find((entry) => entry.style === next['style']);
    const isOther = chosen !== undefined && chosen.style !== config.style;
    // A style brings the auth its callers know, unless another was chosen here before.
    const isUsual = auth.scheme === style?.defaultAuth.scheme;
    onChange(isOther && isUsual ? changeValues(next, { auth: chosen.defaultAuth }) : next);
  };
  const changeScheme = ({ scheme, provider }: Values): void => {
    if (scheme === 'provider') {
      onChange(changeValues(values, { auth: changeValues({ scheme }, { provider }) }));
      return;
    }
    const usual = style?.defaultAuth.scheme === scheme ? style?.defaultAuth : { scheme };
    onChange(changeValues(values, { auth: usual }));
  };
  const changeAuth = (next: Values): void => {
    const kept = Object.entries(next).filter(([, value]) => !isMask(value));
    const { scheme, provider } = auth;
    onChange(changeValues(values, { auth: changeValues(Object.fromEntries(kept), { scheme, provider }) }));
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
          onChange(changeValues(values, { methods: methods.length === 0 ? undefined : methods }))
        }
      />
    ) : undefined;

  return (
    <Stack gap="md">
      {isStyleFixed ? null : (
        <FieldForm
          fields={styleFields(catalog)}
          values={{ style: config.style, ...values }}
          onChange={changeStyle}
          issues={issues}
        />
      )}
      {style === undefined ? null : (
        <Text size="xs" c="dimmed">
          {style.urlPattern}. {style.description}
        </Text>
      )}
      <FieldForm
        fields={schemeFields(catalog.auth, catalog.providers)}
        values={{ scheme: auth.scheme, provider: auth['provider'] }}
        onChange={changeScheme}
        issues={issues}
        path="auth"
      />
      {sender === undefined ? null : <SenderFacts sender={sender} />}
      {fields.length === 0 ? null : (
        <FieldForm
          key={`${auth.scheme} ${String(auth['provider'])} ${stored.length}`}
          fields={fields}
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

/** What is known of a sender: where to enter the URL, what it signs, how long it waits, what it asks first. */
function SenderFacts({ sender }: { readonly sender: ProviderDefinition }): ReactNode {
  return (
    <Stack gap={6}>
      <Text size="xs">{sender.description}</Text>
      <dl className={classes['facts']}>
        <dt>Signs</dt>
        <dd>{sender.formula}</dd>
        {sender.deadlineMs === null ? null : (
          <>
            <dt>Waits</dt>
            <dd>{sender.deadlineMs / 1_000} s for an answer</dd>
          </>
        )}
        {sender.handshake === null ? null : (
          <>
            <dt>Asks first</dt>
            <dd>{sender.handshake}</dd>
          </>
        )}
        {sender.replayable ? (
          <>
            <dt>Replays</dt>
            <dd>Nothing tells a replayed request from a genuine one: it signs neither a time nor an id.</dd>
          </>
        ) : null}
      </dl>
    </Stack>
  );
}
