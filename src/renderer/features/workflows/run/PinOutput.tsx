/** Pins what a step gave to the step: test runs of the draft take it instead of doing the step again. */
import { Button, Text } from '@mantine/core';
import { IconPin, IconPinnedOff } from '@tabler/icons-react';
import { useAction } from '../../../data/action.ts';
import { useMirror } from '../../../data/mirror.ts';
import { pinsMirror, setPins } from '../../../data/pins.ts';
import { useOpenWorkflow } from '../editor/editor-context.ts';

/** The button below an output. */
export function PinOutput({ nodeId, output }: { readonly nodeId: string; readonly output: unknown }) {
  const { workflow } = useOpenWorkflow();
  const { data: pins } = useMirror(pinsMirror, workflow.id);
  const save = useAction(setPins, { failed: 'The output was not pinned' });
  if (pins === undefined) return null;
  const isPinned = Object.hasOwn(pins, nodeId);
  if (!isPinned && (output === null || output === undefined)) return null;
  const { [nodeId]: _old, ...others } = pins;
  const change = async (): Promise<void> => {
    const next = await save.run(workflow.id, isPinned ? others : { ...pins, [nodeId]: output });
    if (next !== undefined) pinsMirror.of(workflow.id).put(next);
  };
  return (
    <div>
      <Button
        size="compact-xs"
        variant="default"
        mt={8}
        leftSection={isPinned ? <IconPinnedOff size={13} aria-hidden /> : <IconPin size={13} aria-hidden />}
        loading={save.isBusy}
        onClick={() => void change()}
      >
        {isPinned ? 'Unpin the output' : 'Pin this output'}
      </Button>
      <Text size="xs" c="dimmed" mt={4}>
        {isPinned
          ? 'Tests of the draft take the pinned output; the step is not done.'
          : 'Tests of the draft will take it; the step will not be done.'}
      </Text>
    </div>
  );
}
