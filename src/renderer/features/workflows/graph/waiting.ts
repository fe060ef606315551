/**
 * A webhook step that something leads to is there to wait: it does from the moment it is joined, unless a person has
 * said otherwise in its dialog.
 */
import type { WorkflowDocument, WorkflowEdge, WorkflowNode } from '../../../../shared/model/document.ts';
import type { Edit } from './edit.ts';

/** The step as one that waits, if it is a webhook nobody has decided about; else as it is. */
export function asWaiting(node: WorkflowNode): WorkflowNode {
  if (node.type !== 'webhook' || node.config['waitWhenReached'] !== undefined) return node;
  return { ...node, config: { ...node.config, waitWhenReached: true } };
}

/** The edit that adds a step, made a waiting one where the edit itself leads to it. */
export function withWaiting(edit: Edit): Edit {
  if (edit.type === 'insert') return { ...edit, node: asWaiting(edit.node) };
  if (edit.type !== 'add') return edit;
  const isLedTo = edit.edges?.some((edge) => edge.target === edit.node.id) === true;
  return isLedTo ? { ...edit, node: asWaiting(edit.node) } : edit;
}

/** The edit that joins two steps. */
export function connectSteps(document: WorkflowDocument, edge: WorkflowEdge): Edit {
  const connect: Edit = { type: 'connect', edge };
  const target = document.nodes.find((node) => node.id === edge.target);
  const waiting = target === undefined ? undefined : asWaiting(target);
  if (waiting === undefined || waiting === target) return connect;
  const { id, name, config } = waiting;
  const edits: Edit[] = [connect, { type: 'configure', nodeId: id, name, config }];
  return { type: 'several', edits, label: 'connect' };
}
