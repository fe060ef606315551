/**
 * The document as React Flow wants it. What did not change keeps its object, so that moving one of a thousand steps
 * draws one card anew; positions under the pointer and measured sizes are laid over, never written into the document.
 */
import type { Edge, Node } from 'reactflow';
import type { WorkflowDocument, WorkflowNode } from '../../../../shared/model/document.ts';
import type { Point } from '../graph/edit.ts';
import { edgeId, portOf } from '../graph/edges.ts';
import { isSameJson } from '../graph/equality.ts';
import type { RunOverlay } from '../graph/run-overlay.ts';

/** A port as drawn: `isStale` when only an edge still knows it. */
export interface DrawnPort {
  readonly name: string;
  readonly isStale: boolean;
}

export type StepFlowNode = Node<
  { readonly step: WorkflowNode; readonly ports: readonly DrawnPort[] },
  'step'
>;

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What lives only on the screen: where steps are while they are dragged, and how large they were drawn. */
export interface OnScreen {
  readonly positions: ReadonlyMap<string, Point>;
  readonly sizes: ReadonlyMap<string, Size>;
}

/** What is said of a step beside its document: to people who do not see it, and the ports of its kind. */
export interface Readings {
  announce(step: WorkflowNode): string;
  ports(step: WorkflowNode): readonly string[];
}

/** What was drawn last for each step; forgets steps that are gone. */
export type DrawnBefore = WeakMap<WorkflowNode, StepFlowNode>;

/** Makes the nodes, keeping those drawn before that would be the same. */
export function flowNodes(
  before: DrawnBefore,
  document: WorkflowDocument,
  selected: readonly string[],
  onScreen: OnScreen,
  readings: Readings,
): StepFlowNode[] {
  const used = usedPorts(document);
  const chosen = new Set(selected);
  return document.nodes.map((step) => {
    const position = onScreen.positions.get(step.id) ?? step.position;
    const measured = onScreen.sizes.get(step.id);
    const isChosen = chosen.has(step.id);
    const ariaLabel = readings.announce(step);
    const ports = drawnPorts(readings.ports(step), used.get(step.id) ?? new Set());
    const known = before.get(step);
    const isSame =
      known !== undefined &&
      known.position.x === position.x &&
      known.position.y === position.y &&
      known.measured === measured &&
      known.selected === isChosen &&
      known.ariaLabel === ariaLabel &&
      isSameJson(known.data.ports, ports);
    if (isSame) return known;
    const drawn: StepFlowNode = {
      id: step.id,
      type: 'step',
      position: { x: position.x, y: position.y },
      data: { step, ports },
      selected: isChosen,
      ariaLabel,
      ...(measured === undefined ? {} : { measured }),
    };
    before.set(step, drawn);
    return drawn;
  });
}

export interface EdgeLooks {
  readonly selected: readonly string[];
  /** The edge a step would be dropped on. */
  readonly target: string | null;
  readonly overlay: RunOverlay | null;
}

/** Makes the edges; those a run went along are marked, and flow while their step is at work. */
export function flowEdges(document: WorkflowDocument, looks: EdgeLooks): Edge[] {
  const chosen = new Set(looks.selected);
  const names = new Map(document.nodes.map((node) => [node.id, node.name]));
  return document.edges.map((edge) => {
    const id = edgeId(edge);
    const isTaken = looks.overlay?.taken.has(id) === true;
    const classNames = [isTaken ? 'taken' : '', id === looks.target ? 'drop-target' : ''];
    return {
      id,
      source: edge.source,
      target: edge.target,
      sourceHandle: portOf(edge),
      selected: chosen.has(id),
      animated: isTaken && looks.overlay?.steps.get(edge.target)?.status === 'running',
      className: classNames.filter((name) => name !== '').join(' '),
      ariaLabel: `From ${names.get(edge.source)}${edge.port === undefined ? '' : `, ${edge.port},`} to ${names.get(edge.target)}`,
    };
  });
}

/** The ports a card has to draw: those of its kind, and any an edge still uses, so that no edge is lost from sight. */
export function drawnPorts(ports: readonly string[], used: ReadonlySet<string>): readonly DrawnPort[] {
  const stale = [...used].filter((name) => !ports.includes(name));
  return [
    ...ports.map((name) => ({ name, isStale: false })),
    ...stale.map((name) => ({ name, isStale: true })),
  ];
}

function usedPorts(document: WorkflowDocument): ReadonlyMap<string, ReadonlySet<string>> {
  const used = new Map<string, Set<string>>();
  for (const edge of document.edges) {
    const ports = used.get(edge.source);
    if (ports === undefined) used.set(edge.source, new Set([portOf(edge)]));
    else ports.add(portOf(edge));
  }
  return used;
}
