/**
 * Starting a run by hand: of what is live, or as a test of the draft or any version, with an input, the answers to the
 * start's form, or a captured request; the whole workflow or one step of it.
 */
import { Alert, Button, Group, Modal, Select, Stack, Switch, Text } from '@mantine/core';
import { useState } from 'react';
import { parameterSchema } from '../../../../shared/model/endpoint.ts';
import { readFormFields } from '../../../../shared/model/form.ts';
import { useAction } from '../../../data/action.ts';
import { useMirror } from '../../../data/mirror.ts';
import { pinsMirror } from '../../../data/pins.ts';
import { type RunStart, startRun } from '../../../data/runs.ts';
import { versionsMirror } from '../../../data/workflows.ts';
import { type Answers, AnswerForm } from '../../../ui/AnswerForm.tsx';
import { formatCount } from '../../../ui/formats.ts';
import { JsonEditor } from '../../../ui/JsonEditor.tsx';
import { useEditorState, useOpenWorkflow } from '../editor/editor-context.ts';
import { RecordPicker } from '../webhook/RecordPicker.tsx';
import { RequestPicker } from './RequestPicker.tsx';

/** What the dialog is opened for. */
export interface RunWish {
  /** `live`: what callers get. `test`: the draft, which need not be live. */
  readonly kind: 'live' | 'test';
  /** This step alone. */
  readonly onlyStep?: string;
}

export interface RunModalProps {
  /** Null: closed. */
  readonly wish: RunWish | null;
  readonly onClose: () => void;
  readonly onStarted: (runId: string) => void;
}

/** The dialog of *Run*. */
export function RunModal({ wish, onClose, onStarted }: RunModalProps) {
  const title =
    wish?.kind !== 'test' ? 'Start a run' : wish.onlyStep === undefined ? 'Test run' : 'Test one step';
  return (
    <Modal opened={wish !== null} onClose={onClose} title={title} size="md">
      {wish === null ? null : <RunForm wish={wish} onClose={onClose} onStarted={onStarted} />}
    </Modal>
  );
}

type Version = 'live' | 'draft' | number;

interface RunFormProps {
  readonly wish: RunWish;
  readonly onClose: () => void;
  readonly onStarted: (runId: string) => void;
}

function RunForm({ wish, onClose, onStarted }: RunFormProps) {
  const { workflow, editor } = useOpenWorkflow();
  const document = useEditorState((state) => state.history.present);
  const [version, setVersion] = useState<Version>(wish.kind === 'live' ? 'live' : 'draft');
  const [input, setInput] = useState<unknown>(() => exampleInput(document));
  const [answers, setAnswers] = useState<Answers>({});
  const [request, setRequest] = useState<string | null>(null);
  const [isValid, setValid] = useState(true);
  const [target, setTarget] = useState<string | null>(null);
  const [isDry, setDry] = useState(false);
  const { data: pins } = useMirror(pinsMirror, workflow.id);
  const start = useAction(startRun);
  const isTest = version !== 'live';
  const questions = questionsOf(document);
  const webhook = workflow.endpoints[0];
  const step = document.nodes.find(({ id }) => id === wish.onlyStep);
  const pinned = Object.keys(pins ?? {}).length;
  const submit = async (): Promise<void> => {
    // A test of the draft is of what one sees, not of what was saved a moment ago.
    if (version === 'draft') await editor.saveNow();
    const body: RunStart = {
      ...(request !== null ? { request } : { input: questions.length > 0 ? answers : (input ?? null) }),
      ...(target === null ? {} : { target }),
      ...(isTest ? { version, dryRun: isDry } : {}),
      ...(wish.onlyStep === undefined ? {} : { onlyStep: wish.onlyStep }),
    };
    const run = await start.run(workflow.id, body);
    if (run === undefined) return;
    onClose();
    onStarted(run.id);
  };
  return (
    <Stack gap="sm">
      {step === undefined ? null : (
        <Text size="sm">
          Only <strong>{step.name}</strong> is done. What it reads of other steps comes from what is pinned to
          them.
        </Text>
      )}
      <VersionSelect value={version} onChange={setVersion} isTestOnly={wish.onlyStep !== undefined} />
      {isTest && webhook !== undefined ? (
        <RequestPicker endpointId={webhook.id} value={request} onChange={setRequest} />
      ) : null}
      {request !== null ? null : questions.length > 0 ? (
        <AnswerForm
          fields={questions}
          answers={answers}
          onChange={setAnswers}
          refusal={start.failure}
          isFocused
        />
      ) : (
        <JsonEditor label="Input" value={input} onChange={setInput} onValidChange={setValid} minLines={6} />
      )}
      <RecordPicker
        label="Target record"
        help="The record the run works for; expressions find it as target."
        value={target}
        onChange={setTarget}
      />
      {isTest ? (
        <Switch
          label="Do nothing outside"
          description="Steps that call, mail or notify show what they would do."
          checked={isDry}
          onChange={(event) => setDry(event.currentTarget.checked)}
        />
      ) : null}
      {version === 'draft' && pinned > 0 ? (
        <Text size="xs" c="dimmed">
          {formatCount(pinned, 'step')} {pinned === 1 ? 'is' : 'are'} pinned: the pinned output stands for
          doing {pinned === 1 ? 'it' : 'them'}.
        </Text>
      ) : null}
      {start.failure === null ? null : (
        <Alert color="red" role="alert">
          {start.failure.message}
        </Alert>
      )}
      <Group justify="flex-end" gap="xs">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          loading={start.isBusy}
          disabled={!isValid && request === null && questions.length === 0}
          onClick={() => void submit()}
        >
          {isTest ? 'Start test' : 'Start run'}
        </Button>
      </Group>
    </Stack>
  );
}

/** The questions of the start; none where it asks none. */
function questionsOf({ nodes, edges }: { nodes: readonly Node[]; edges: readonly { target: string }[] }) {
  const start = nodes.find(
    ({ id, type }) => (type === 'manual' || type === 'api') && !edges.some(({ target }) => target === id),
  );
  return start === undefined ? [] : readFormFields(start.config);
}

/** An input made of the examples of the webhook's parameters, as far as they stand at the top of a body. */
function exampleInput({ nodes }: { nodes: readonly Node[] }): Readonly<Record<string, unknown>> {
  const webhook = nodes.find(({ type }) => type === 'webhook');
  const parsed = parameterSchema.array().safeParse(webhook?.config['parameters'] ?? []);
  const parameters = parsed.success ? parsed.data : [];
  return Object.fromEntries(
    parameters
      .filter(({ in: place, path, name, example }) => {
        const isTop = path === undefined || path === name;
        return place === 'body' && isTop && example !== undefined;
      })
      .map(({ name, example }) => [name, example]),
  );
}

interface Node {
  readonly id: string;
  readonly type: string;
  readonly config: Readonly<Record<string, unknown>>;
}

function VersionSelect({
  value,
  onChange,
  isTestOnly,
}: {
  readonly value: Version;
  readonly onChange: (version: Version) => void;
  readonly isTestOnly: boolean;
}) {
  const { workflow } = useOpenWorkflow();
  const { data: versions } = useMirror(versionsMirror, workflow.id);
  const live = workflow.enabled && workflow.activeVersion !== null && !isTestOnly;
  return (
    <Select
      label="What to run"
      allowDeselect={false}
      value={String(value)}
      onChange={(next) => onChange(next === 'live' || next === 'draft' ? next : Number(next))}
      data={[
        ...(live || value === 'live'
          ? [{ value: 'live', label: `Live version ${workflow.activeVersion ?? '–'}`, disabled: !live }]
          : []),
        { value: 'draft', label: 'Draft, as a test' },
        ...(versions ?? []).map(({ version }) => ({
          value: String(version),
          label: `Version ${version}, as a test`,
        })),
      ]}
    />
  );
}
