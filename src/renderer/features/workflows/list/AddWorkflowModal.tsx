/** *Add workflow*: a name and how it starts. */
import { Alert, Button, Group, Modal, Radio, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { styleSchema } from '../../../../shared/model/endpoint.ts';
import { useAction } from '../../../data/action.ts';
import { useMirror } from '../../../data/mirror.ts';
import { catalogMirror } from '../../../data/system.ts';
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
  const create = useAction(createWorkflow);
  const options = catalog === undefined ? [] : startOptions(catalog);
  const chosen = options.find((option) => option.kind === kind);
  const submit = async (): Promise<void> => {
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
        {kind === 'webhook' && catalog !== undefined ? (
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
        {create.failure === null ? null : (
          <Alert color="red" role="alert">
            <Text size="sm">{create.failure.message}</Text>
          </Alert>
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isBusy} disabled={name.trim() === '' || chosen === undefined}>
            Add workflow
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
