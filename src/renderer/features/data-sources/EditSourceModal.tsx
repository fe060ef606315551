/** The settings of a shared data source: its name, who may call, what is expected, how callers are answered. */
import { Alert, Button, Group, Modal, Stack, Tabs, Textarea, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import type { EndpointView } from '../../../shared/contract/views.ts';
import { endpointSettingsSchema, type Parameter } from '../../../shared/model/endpoint.ts';
import { useAction } from '../../data/action.ts';
import { updateEndpoint } from '../../data/endpoints.ts';
import { useMirror } from '../../data/mirror.ts';
import { catalogMirror } from '../../data/system.ts';
import { useSampleTools } from '../../data/use-sample-tools.ts';
import { changeValues, type Values } from '../../ui/endpoint/endpoint-settings.ts';
import { ParametersForm } from '../../ui/endpoint/ParametersForm.tsx';
import { ResponseForm } from '../../ui/endpoint/ResponseForm.tsx';
import { SampleTools } from '../../ui/endpoint/SampleTools.tsx';
import { SecurityForm } from '../../ui/endpoint/SecurityForm.tsx';
import { isMask } from '../../ui/SecretInput.tsx';
import { LoadingState } from '../../ui/states.tsx';
import classes from './data-sources.module.css';

interface EditSourceProps {
  readonly source: EndpointView;
  readonly onClose: () => void;
}

/** The modal. */
export function EditSourceModal({ source, onClose }: EditSourceProps): ReactNode {
  const { data: catalog } = useMirror(catalogMirror, null);
  const [name, setName] = useState(source.name);
  const [description, setDescription] = useState(source.description);
  const [values, setValues] = useState<Values>(() => withoutMasks(source.settings));
  const save = useAction(updateEndpoint, { done: 'The data source was saved' });
  const verdict = endpointSettingsSchema.safeParse(values);
  const issues = save.failure?.issues ?? [];
  const errors = Object.fromEntries(issues.map(({ path, message }): [string, string] => [path, message]));
  const config = verdict.success ? verdict.data : { ...source.settings, style: source.style };

  const take = (parameters: readonly Parameter[]): void => setValues(changeValues(values, { parameters }));
  const sampleTools = useSampleTools(source.id, take);
  const submit = async (): Promise<void> => {
    if (!verdict.success) return;
    const { style: _fixed, ...settings } = verdict.data;
    const gone = Object.keys(source.settings).filter(
      (setting) => setting !== 'style' && !Object.hasOwn(settings, setting),
    );
    const removed = Object.fromEntries(gone.map((setting) => [setting, null]));
    const saved = await save.run({ id: source.id, name: name.trim(), description, ...removed, ...settings });
    if (saved !== undefined) onClose();
  };

  return (
    <Modal opened onClose={onClose} title={`Data source ${source.name}`} size="lg">
      {catalog === undefined ? (
        <LoadingState what="settings" />
      ) : (
        <Stack gap="md">
          <Tabs defaultValue="security" keepMounted={false}>
            <Tabs.List mb="md">
              <Tabs.Tab value="about">Name</Tabs.Tab>
              <Tabs.Tab value="security">Style &amp; security</Tabs.Tab>
              <Tabs.Tab value="parameters">Parameters</Tabs.Tab>
              <Tabs.Tab value="response">Response</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="about">
              <Stack gap="sm">
                <TextInput
                  label="Name"
                  required
                  maxLength={50}
                  value={name}
                  onChange={(event) => setName(event.currentTarget.value)}
                  error={errors['name']}
                />
                <Textarea
                  label="Description"
                  autosize
                  minRows={2}
                  maxRows={6}
                  value={description}
                  onChange={(event) => setDescription(event.currentTarget.value)}
                />
              </Stack>
            </Tabs.Panel>
            <Tabs.Panel value="security">
              <SecurityForm
                catalog={catalog}
                config={config}
                values={values}
                onChange={setValues}
                issues={issues}
                endpoint={source}
                isStyleFixed
              />
            </Tabs.Panel>
            <Tabs.Panel value="parameters">
              <ParametersForm
                config={config}
                onChange={(change) => setValues(changeValues(values, change))}
                errors={errors}
                more={<SampleTools {...sampleTools} onFound={take} />}
              />
            </Tabs.Panel>
            <Tabs.Panel value="response">
              <ResponseForm
                response={values['response']}
                onChange={(response) => setValues(changeValues(values, { response }))}
                issues={issues}
                steps={undefined}
                hasRespond
              />
            </Tabs.Panel>
          </Tabs>
          {save.failure !== null && (
            <Alert color="red" role="alert">
              {save.failure.message}
            </Alert>
          )}
          {!verdict.success && (
            <Alert color="yellow">{verdict.error.issues[0]?.message ?? 'A setting is not valid.'}</Alert>
          )}
          <Group justify="flex-end" gap="xs" className={classes['foot'] ?? ''}>
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button loading={save.isBusy} disabled={!verdict.success} onClick={() => void submit()}>
              Save
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

/** Stored secrets stay where they are: only new ones are sent. */
function withoutMasks(settings: EndpointView['settings']): Values {
  const { auth } = settings;
  if (auth === undefined) return settings;
  const kept = Object.entries(auth).filter(([, value]) => !isMask(value));
  return { ...settings, auth: Object.fromEntries(kept) };
}
