/** *Add workflow*: a name and how it starts. */
import { Alert, Button, Group, Modal, Radio, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { styleSchema } from '../../../../shared/model/endpoint.ts';
import { useAction } from '../../../data/action.ts';
import { useMirror } from '../../../data/mirror.ts';
import { catalogMirror } from '../../../data/system.ts';
import { createFromTemplate, templatesMirror } from '../../../data/workflow-files.ts';
import { createWorkflow } from '../../../data/workflows.ts';
import { StepIcon } from '../canvas/StepIcon.tsx';
import { firstStyle, newDocument, startOptions } from '../graph/start-options.ts';
import classes from './list.module.css';

export interface AddWorkflowModalProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly onAdded: (id: string) => void;
}

/** The dialog. */
export function AddWorkflowModal({ isOpen, onClose, onAdded }: AddWorkflowModalProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Add workflow" size="md">
      {isOpen ? <AddWorkflowForm onClose={onClose} onAdded={onAdded} /> : null}
    </Modal>
  );
}

function AddWorkflowForm({ onClose, onAdded }: Omit<AddWorkflowModalProps, 'isOpen'>) {
  const { data: catalog } = useMirror(catalogMirror, null);
  const [name, setName] = useState('');
  const [kind, setKind] = useState('webhook');
  const [style, setStyle] = useState(firstStyle);
  const [template, setTemplate] = useState<string | null>(null);
  const { data: templates } = useMirror(templatesMirror, null);
  const create = useAction(createWorkflow);
  const use = useAction(createFromTemplate);
  const failure = create.failure ?? use.failure;
  const options = catalog === undefined ? [] : startOptions(catalog);
  const chosen = options.find((option) => option.kind === kind);
  const submit = async (): Promise<void> => {
    if (template !== null) {
      const made = await use.run(template, name.trim());
      if (made !== undefined) onAdded(made.id);
      return;
    }
    if (catalog === undefined || chosen === undefined) return;
    const view = await create.run(newDocument(name.trim(), chosen, catalog, style));
    if (view !== undefined) onAdded(view.id);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Stack gap="sm">
        <TextInput
          label="Name"
          placeholder="Order intake"
          value={name}
          maxLength={200}
          onChange={(event) => setName(event.currentTarget.value)}
          required
          data-autofocus
        />
        <Select
          label="Template"
          description={
            (templates ?? []).find(({ id }) => id === template)?.description ??
            'A workflow to begin with, or an empty one with a start of your choice.'
          }
          placeholder="None: an empty workflow"
          data={(templates ?? []).map(({ id, name: title }) => ({ value: id, label: title }))}
          value={template}
          onChange={(next) => {
            setTemplate(next);
            const title = (templates ?? []).find(({ id }) => id === next)?.name;
            if (title !== undefined && name.trim() === '') setName(title);
          }}
          clearable
          clearButtonProps={{ 'aria-label': 'No template' }}
        />
        {template !== null ? null : (
          <Radio.Group size="xs" label="Workflow start option" value={kind} onChange={setKind}>
            <div className={classes['options']}>
              {options.map((option) => (
                <Radio.Card key={option.kind} value={option.kind} className={classes['option'] ?? ''}>
                  <Radio.Indicator size="xs" />
                  <StepIcon name={option.definition.icon} size={18} />
                  <span>
                    <span className={classes['optionName']}>{option.label}</span>
                    <span className={classes['dim']}>{option.definition.description}</span>
                  </span>
                </Radio.Card>
              ))}
            </div>
          </Radio.Group>
        )}
        {template === null && kind === 'webhook' && catalog !== undefined ? (
          <Select
            label="Style"
            description={catalog.styles.find((entry) => entry.style === style)?.description}
            data={catalog.styles.map((entry) => ({
              value: entry.style,
              label: `${entry.title} · ${entry.urlPattern}`,
            }))}
            value={style}
            onChange={(value) => setStyle(styleSchema.catch(firstStyle).parse(value))}
          />
        ) : null}
        {failure === null ? null : (
          <Alert color="red" role="alert">
            <Text size="sm">{failure.message}</Text>
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={create.isBusy || use.isBusy}
            disabled={name.trim() === '' || (template === null && chosen === undefined)}
          >
            Add workflow
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
