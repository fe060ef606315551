/** What a caller needs, in the order of ValidMind's dialog: URL, target, payload, headers; and whether the run waits here. */
import { Alert, Select, Skeleton, Stack, Switch, Text } from '@mantine/core';
import type { EndpointView } from '../../../../shared/contract/views.ts';
import { authFieldsOf } from '../../../../shared/model/catalog.ts';
import type { WebhookConfig } from '../../../../shared/model/endpoint.ts';
import { useAction } from '../../../data/action.ts';
import { endpointChoices, readCredentials } from '../../../data/endpoints.ts';
import { useMirror } from '../../../data/mirror.ts';
import { CopyField } from '../../../ui/CopyField.tsx';
import { authOf } from '../../../ui/endpoint/endpoint-settings.ts';
import { useEditorState, useOpenWorkflow } from '../editor/editor-context.ts';
import { credentialFaces, explainAuth } from './auth-faces.ts';
import { CredentialField } from './CredentialField.tsx';
import { RecordPicker } from './RecordPicker.tsx';
import { UrlField } from './UrlField.tsx';
import { moveUrl, useUrlBase } from './url-base.ts';
import { WaitSettings } from './WaitSettings.tsx';
import classes from './webhook.module.css';
import { endpointSettings } from './webhook-config.ts';

export interface TriggerTabProps {
  readonly config: Partial<WebhookConfig>;
  readonly onChange: (change: Partial<WebhookConfig>) => void;
  readonly errors: Readonly<Record<string, string>>;
  /** Undefined until the draft with this step is stored. */
  readonly endpoint: EndpointView | undefined;
  /** Whether edges lead to the step. */
  readonly isWait: boolean;
  readonly payload: string;
  readonly target: string | null;
  readonly onTarget: (cuid: string | null) => void;
}

/** The tab *Trigger*. */
export function TriggerTab(props: TriggerTabProps) {
  const { config, onChange, errors, endpoint, isWait, payload, target, onTarget } = props;
  const style = config.endpointId === undefined ? config.style : endpoint?.style;
  return (
    <Stack gap="md">
      <SourceChoice config={config} onChange={onChange} />
      <Url config={config} endpoint={endpoint} />
      {style === 'validmind' ? (
        <RecordPicker label="select target model for payload" value={target} onChange={onTarget} />
      ) : null}
      <CopyField label="Payload" value={payload} isBlock />
      {endpoint === undefined ? null : <Credentials config={config} endpoint={endpoint} target={target} />}
      <Switch
        label="wait for webhook trigger when reached"
        description={
          isWait
            ? 'On: the run pauses here until a request arrives. Off: it passes through.'
            : 'Matters once another step leads here: the run then pauses until a request arrives.'
        }
        checked={config.waitWhenReached ?? false}
        onChange={(event) => onChange({ waitWhenReached: event.currentTarget.checked })}
      />
      <WaitSettings config={config} onChange={onChange} errors={errors} isWait={isWait} />
    </Stack>
  );
}

/** An URL of its own, or one shared data source that starts several workflows. */
function SourceChoice({ config, onChange }: Pick<TriggerTabProps, 'config' | 'onChange'>) {
  const { data: endpoints } = useMirror(endpointChoices, null);
  const shared = (endpoints ?? []).filter((endpoint) => endpoint.kind === 'shared');
  if (shared.length === 0 && config.endpointId === undefined) return null;
  const choose = (value: string | null): void => {
    if (value === null || value === '') onChange({ endpointId: undefined });
    else
      onChange({
        ...Object.fromEntries(endpointSettings.map((name) => [name, undefined])),
        endpointId: value,
      });
  };
  return (
    <Select
      label="Receives requests at"
      data={[
        { value: '', label: 'A URL of its own' },
        ...shared.map(({ id, name, state }) => ({
          value: id,
          label: `Data source: ${name}${state === 'active' ? '' : ' (deactivated)'}`,
        })),
      ]}
      value={config.endpointId ?? ''}
      onChange={choose}
    />
  );
}

function Url({ config, endpoint }: Pick<TriggerTabProps, 'config' | 'endpoint'>) {
  const { kinds } = useOpenWorkflow();
  const save = useEditorState((state) => state.save);
  if (endpoint === undefined) {
    return save.kind === 'failed' ? (
      <Alert color="red">The URL is made when the draft is saved, and that failed: {save.message}</Alert>
    ) : (
      <Skeleton height={54} aria-label="The URL is being made" />
    );
  }
  const style = kinds.catalog.styles.find((entry) => entry.style === config.style);
  const isOther = config.endpointId === undefined && style !== undefined && style.style !== endpoint.style;
  return (
    <div>
      <UrlField url={endpoint.url} methods={endpoint.methods} />
      {isOther ? (
        <Alert color="yellow" mt="xs">
          With the new style the URL becomes {style.urlPattern} once you save.
        </Alert>
      ) : null}
    </div>
  );
}

interface CredentialsProps {
  readonly config: Partial<WebhookConfig>;
  readonly endpoint: EndpointView;
  readonly target: string | null;
}

function Credentials({ config, endpoint, target }: CredentialsProps) {
  const { kinds } = useOpenWorkflow();
  const urls = useUrlBase();
  const { run } = useAction(readCredentials, { failed: 'The credentials could not be read' });
  const auth =
    config.endpointId === undefined
      ? authOf(config, kinds.catalog)
      : (endpoint.settings.auth ?? { scheme: 'none' });
  const definition = kinds.catalog.auth.find((entry) => entry.scheme === auth.scheme);
  const sender = kinds.catalog.providers.find(({ provider }) => provider === auth['provider']);
  const faces = credentialFaces(auth, authFieldsOf(kinds.catalog, auth));
  const explanation = explainAuth(auth, sender);
  const isInUrl = auth.scheme === 'apiKey' && auth['in'] === 'query';
  const isStored = endpoint.settings.auth?.scheme === auth.scheme;
  const read = async (field: string): Promise<string | undefined> =>
    (await run(endpoint.id, target ?? undefined))?.secrets[field];
  return (
    <section aria-label="Authentication">
      <Text size="xs" fw={600} mb={4}>
        {auth.scheme === 'keyPair' || auth.scheme === 'apiKey'
          ? 'Headers'
          : (sender?.title ?? definition?.title ?? 'Authentication')}
      </Text>
      {explanation === null ? null : (
        <Text size="xs" c="dimmed" mb={6}>
          {explanation}
        </Text>
      )}
      {isStored || auth.scheme === 'none' ? (
        <div className={classes.credentials}>
          {isInUrl ? (
            <CredentialField
              label="URL with its key"
              read={async () => {
                const found = await run(endpoint.id);
                return found === undefined ? undefined : moveUrl(found.url, urls.base);
              }}
            />
          ) : null}
          {faces.map((face) => (
            <CredentialField
              key={face.field}
              label={face.label}
              read={() => read(face.field)}
              {...(face.help === undefined ? {} : { help: face.help })}
            />
          ))}
        </div>
      ) : (
        <Text size="xs" c="dimmed">
          The new scheme gets its credentials once you save.
        </Text>
      )}
    </section>
  );
}
