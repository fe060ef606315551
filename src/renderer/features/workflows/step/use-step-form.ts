/** The state of a step's dialog: what is typed, what is wrong with it, and what *Update Step* makes of it. */
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { WorkflowEdge, WorkflowNode } from '../../../../shared/model/document.ts';
import { checkDocument } from '../../../data/workflows.ts';
import { useOpenWorkflow } from '../editor/editor-context.ts';
import { applyEdit, type Edit } from '../graph/edit.ts';
import { edgeId } from '../graph/edges.ts';
import { isSameJson } from '../graph/equality.ts';
import { type FormIssue, formIssues } from '../graph/form-issues.ts';
import { splitSecrets } from '../graph/secrets.ts';

type Config = Readonly<Record<string, unknown>>;

export interface StepForm {
  readonly name: string;
  readonly setName: (name: string) => void;
  readonly config: Config;
  readonly setConfig: (config: Config) => void;
  /** Edges that leave the step, as chosen in the dialog. */
  readonly leaving: readonly WorkflowEdge[];
  readonly setLeaving: (edges: readonly WorkflowEdge[]) => void;
  readonly issues: readonly FormIssue[];
  /** Whether something is so wrong that the draft could not be stored. */
  readonly isBlocked: boolean;
  readonly isDirty: boolean;
  /** Carries everything out as one edit. */
  readonly apply: () => void;
}

const checkDelayMs = 350;
const maskStart = '••••';

/** The form of a step, begun with what the step is. `first` adds to its config for the form only, e.g. masks. */
export function useStepForm(node: WorkflowNode, first: Config = node.config): StepForm {
  const { editor, workbench, kinds } = useOpenWorkflow();
  const [begun] = useState(first);
  const [name, setName] = useState(node.name);
  const [config, setConfig] = useState<Config>(first);
  const [before] = useState(() =>
    editor.store.getState().history.present.edges.filter((edge) => edge.source === node.id),
  );
  const [leaving, setLeaving] = useState<readonly WorkflowEdge[]>(before);
  const definition = kinds.definitionOf(node.type);
  const shape = useMemo(
    () => (definition === undefined ? [] : formIssues(definition, withoutMasks(config))),
    [definition, config],
  );

  const edit = useCallback((): { edit: Edit; secrets: Config | null } => {
    const parts = splitSecrets(node.type, withoutMasks(config), kinds.catalog);
    const gone = before.filter((edge) => !leaving.some((kept) => edgeId(kept) === edgeId(edge)));
    const edits: Edit[] = [
      { type: 'configure', nodeId: node.id, name: name.trim() || node.name, config: parts.config },
    ];
    if (gone.length > 0) edits.push({ type: 'remove', nodeIds: [], edges: gone });
    for (const edge of leaving) edits.push({ type: 'connect', edge });
    return { edit: { type: 'several', edits, label: `change ${name}` }, secrets: parts.secrets };
  }, [node, name, config, leaving, before, kinds]);

  const checked = useLiveIssues(node.id, edit);
  const isDirty =
    name !== node.name ||
    !isSameJson(config, begun) ||
    !isSameJson(leaving.map(edgeId).toSorted(), before.map(edgeId).toSorted());
  return {
    name,
    setName,
    config,
    setConfig,
    leaving,
    setLeaving,
    issues: [...shape, ...checked.filter((issue) => !shape.some(({ path }) => path === issue.path))],
    isBlocked: shape.length > 0,
    isDirty,
    apply: () => {
      const change = edit();
      editor.edit(change.edit);
      if (change.secrets !== null) editor.addSecrets(node.id, change.secrets);
      workbench.noteConfirmed(node.id);
      void editor.saveNow();
    },
  };
}

/** Problems the step would have with what is typed, from the app itself, a moment after the last key. */
function useLiveIssues(
  nodeId: string,
  make: () => { edit: Edit; secrets: Config | null },
): readonly FormIssue[] {
  const { editor } = useOpenWorkflow();
  const [issues, setIssues] = useState<readonly FormIssue[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    const check = async (): Promise<void> => {
      const document = applyEdit(editor.store.getState().history.present, make().edit);
      const place = document.nodes.findIndex((node) => node.id === nodeId);
      const found = await checkDocument(document, abort.signal);
      const start = `nodes[${place}].config.`;
      setIssues(
        found
          .filter((issue) => issue.path.startsWith(start))
          .map(({ path, message }) => ({ path: path.slice(start.length), message })),
      );
    };
    // Without an answer the problems stay as they were; the stored draft is checked again anyway.
    const timer = setTimeout(() => void check().catch(() => undefined), checkDelayMs);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [editor, nodeId, make]);
  return issues;
}

/** A config without what only stands for stored secrets. */
function withoutMasks(config: Config): Config {
  return Object.fromEntries(
    Object.entries(config).flatMap(([key, value]): [string, unknown][] => {
      if (typeof value === 'string' && value.startsWith(maskStart)) return [];
      const isInner = typeof value === 'object' && value !== null && !Array.isArray(value);
      return [[key, isInner ? withoutMasks(Object.fromEntries(Object.entries(value))) : value]];
    }),
  );
}
