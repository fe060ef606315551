/** The keyboard's way to connect: which steps come after this one, outlet by outlet. */
import { MultiSelect, Stack, Text } from '@mantine/core';
import { ordinaryPort } from '../../../../shared/model/catalog.ts';
import type { WorkflowEdge, WorkflowNode } from '../../../../shared/model/document.ts';
import { useEditorState, useOpenWorkflow } from '../editor/editor-context.ts';
import { makeEdge, portOf } from '../graph/edges.ts';

export interface NextStepsProps {
  readonly node: WorkflowNode;
  /** The step's settings as typed: they may add or take away outlets. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly leaving: readonly WorkflowEdge[];
  readonly onChange: (edges: readonly WorkflowEdge[]) => void;
}

/** One choice of steps per outlet. */
export function NextSteps({ node, config, leaving, onChange }: NextStepsProps) {
  const { kinds } = useOpenWorkflow();
  const nodes = useEditorState((state) => state.history.present.nodes);
  const ports = kinds.portsOf({ ...node, config: { ...config } });
  const options = nodes
    .filter((other) => other.id !== node.id && kinds.jointsOf(other).canHaveIncoming)
    .map((other) => ({ value: other.id, label: other.name }));
  if (ports.length === 0) {
    return (
      <Text size="xs" c="dimmed">
        Nothing follows a step of this kind.
      </Text>
    );
  }
  return (
    <Stack gap="xs">
      {ports.map((port) => (
        <MultiSelect
          key={port}
          size="xs"
          label={port === ordinaryPort ? 'Next steps' : `Next steps by “${port}”`}
          placeholder={options.length === 0 ? 'No other step yet' : 'Choose a step'}
          data={options}
          searchable
          value={leaving.filter((edge) => portOf(edge) === port).map((edge) => edge.target)}
          onChange={(targets) =>
            onChange([
              ...leaving.filter((edge) => portOf(edge) !== port),
              ...targets.map((target) => makeEdge(node.id, target, port)),
            ])
          }
        />
      ))}
    </Stack>
  );
}
