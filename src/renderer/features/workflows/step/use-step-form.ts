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
import { createFormCopies } from './form-copies.ts';

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
  /** Whether the form began with what was typed before a crash. */
  readonly isRestored: boolean;
  /** Goes back to the step as it is. */
  readonly startOver: () => void;
  /** Drops the copy of what was typed: it was discarded. */
  readonly forget: () => void;
  /** Carries everything out as one edit. */
  readonly apply: () => void;
}

const checkDelayMs = 350;
const copyDelayMs = 250;
const maskStart = '••••';

const copies = createFormCopies(window.localStorage);

/** The form of a step, begun with what the step is, or with what was typed before a crash. */
export function useStepForm(node: WorkflowNode): StepForm {
  const { editor, workbench, kinds, workflow } = useOpenWorkflow();
  const [begun] = useState(() => ({ name: node.name, config: node.config }));
  const [copy] = useState(() => copies.read(workflow.id, node.id));
  const [isRestored, setRestored] = useState(copy !== null);
  const [name, setName] = useState(copy?.name ?? node.name);
  const [config, setConfig] = useState<Config>(copy?.config ?? node.config);
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
  const isTyped = name !== begun.name || !isSameJson(config, begun.config);
  const isDirty = isTyped || !isSameJson(leaving.map(edgeId).toSorted(), before.map(edgeId).toSorted());
  useEffect(() => {
    if (!isTyped) return;
    const kept = splitSecrets(node.type, withoutMasks(config), kinds.catalog).config;
    const timer = setTimeout(() => copies.write(workflow.id, node.id, { name, config: kept }), copyDelayMs);
    return () => clearTimeout(timer);
  }, [isTyped, name, config, node, kinds, workflow.id]);
  const forget = (): void => copies.clear(workflow.id, node.id);
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
    isRestored,
    startOver: () => {
      setName(begun.name);
      setConfig(begun.config);
      setRestored(false);
      forget();
    },
    forget,
    apply: () => {
      forget();
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
