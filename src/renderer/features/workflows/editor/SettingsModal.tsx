/** What the workflow says about itself and how it runs as a whole: description, slug, project, limits, failures. */
import { Button, Group, Modal, Stack } from '@mantine/core';
import { useState } from 'react';
import { z } from 'zod';
import type { Field } from '../../../../shared/fields.ts';
import { documentSchema, formatPath } from '../../../../shared/model/document.ts';
import { useFieldChoices } from '../../../data/use-field-choices.ts';
import { FieldChoicesContext } from '../../../ui/field-choices.ts';
import { FieldForm, type FieldValues } from '../../../ui/FieldForm.tsx';
import type { FormIssue } from '../graph/form-issues.ts';
import { useEditorState, useOpenWorkflow } from './editor-context.ts';

export interface SettingsModalProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** The dialog of the workflow's own settings. */
export function SettingsModal({ isOpen, onClose }: SettingsModalProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Workflow settings" size="md">
      {isOpen ? <SettingsForm onClose={onClose} /> : null}
    </Modal>
  );
}

const shape = z.object({
  name: documentSchema.shape.name,
  slug: documentSchema.shape.slug,
  description: documentSchema.shape.description,
  project: documentSchema.shape.project,
  settings: documentSchema.shape.settings,
});

function SettingsForm({ onClose }: { readonly onClose: () => void }) {
  const { editor } = useOpenWorkflow();
  const present = useEditorState((state) => state.history.present);
  const { name, slug, description, project, settings } = present;
  const [values, setValues] = useState<FieldValues>({ name, slug, description, project, settings });
  const choices = useFieldChoices();
  const verdict = shape.safeParse(values);
  const issues: readonly FormIssue[] = verdict.success
    ? []
    : verdict.error.issues.map((issue) => ({ path: formatPath(issue.path), message: issue.message }));
  const submit = (): void => {
    if (!verdict.success) return;
    editor.edit({ type: 'describe', description: verdict.data });
    void editor.saveNow();
    onClose();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Stack gap="md">
        <FieldChoicesContext value={choices}>
          <FieldForm fields={fields} values={values} onChange={setValues} issues={issues} />
        </FieldChoicesContext>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!verdict.success}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const fields: readonly Field[] = [
  { name: 'name', label: 'Name', kind: 'text', required: true, maxLength: 200 },
  {
    name: 'slug',
    label: 'Slug',
    kind: 'text',
    maxLength: 64,
    help: 'Stands in the URLs of webhooks of the styles Hookyard and Metal; with it their URLs change.',
  },
  { name: 'description', label: 'Description', kind: 'text', maxLength: 10_000 },
  { name: 'project', label: 'Project', kind: 'text', maxLength: 100 },
  {
    name: 'settings',
    label: 'Runs',
    kind: 'group',
    fields: [
      {
        name: 'timeoutSeconds',
        label: 'Time-out of a run',
        kind: 'number',
        min: 1,
        max: 31_536_000,
        unit: 's',
        help: 'Empty: a run may take as long as its steps do.',
      },
      {
        name: 'concurrency',
        label: 'Runs at once',
        kind: 'number',
        integer: true,
        min: 1,
        max: 10_000,
        help: 'More wait their turn, in the order they came. Empty: as many as the machine takes.',
      },
      {
        name: 'onFailure',
        label: 'When a run fails, start',
        kind: 'text',
        maxLength: 64,
        suggest: 'workflows',
        help: 'A workflow that gets the failed run as its input.',
      },
      {
        name: 'privateHosts',
        label: 'Places of your own network it may call',
        kind: 'list',
        maxItems: 100,
        placeholder: 'printer.local, 192.168.1.10:8080, 10.0.0.0/8',
        help: 'Calls to private addresses are stopped unless the address stands in the URL of the step itself, or here.',
      },
      {
        name: 'silenceAlarmHours',
        label: 'Alarm after silence of',
        kind: 'number',
        min: 0,
        max: 8_760,
        unit: 'h',
        help: 'Tells you when no request came for so long. Empty: never.',
      },
    ],
  },
];
