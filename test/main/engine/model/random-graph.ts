/**
 * Random workflows without faults: regions of steps whose edges lead on, loops with a region of their own inside them.
 * What a step does is worked out from its salt and the round it is in, by the same small formula here and in its
 * expression.
 */
import fc from 'fast-check';
import type { WorkflowDocument } from '../../../../src/shared/model/document.ts';
import { makeDocument } from '../open-engine.ts';

export type NodeKind = 'plain' | 'shaky' | 'delay' | 'condition' | 'switch' | 'join' | 'loop';

export interface ModelNode {
  readonly id: string;
  readonly kind: NodeKind;
  readonly salt: number;
  /** `fail`, `continue` or `port`, of shaky steps and loops. */
  readonly onError: string;
  /** Of a join. */
  readonly mode: string;
  /** Of a loop. */
  readonly count: number;
  readonly concurrency: number;
  readonly body: Region | undefined;
}

/** Steps in an order in which every edge leads on. */
export interface Region {
  readonly nodes: readonly ModelNode[];
  /** Those the way in leads to. */
  readonly entries: readonly string[];
  readonly edges: readonly { readonly source: string; readonly port: string; readonly target: string }[];
}

export interface RandomGraph {
  readonly root: Region;
  readonly document: WorkflowDocument;
}

/** What a step is decided by: its salt and the numbers of its rounds. */
export function die(salt: number, path: string, sides: number): number {
  const digits = path === '' ? [] : path.split('.').map(Number);
  return (digits.reduce((sum, digit) => sum + digit, 0) + salt) % sides;
}

/** The same as JSONata. */
function dieText(salt: number, isInLoop: boolean, sides: number): string {
  const digits = isInLoop ? '$sum($split(item, ".").$number($))' : '0';
  return `(${digits} + ${salt}) % ${sides}`;
}

const kinds: readonly NodeKind[] = [
  'plain',
  'shaky',
  'shaky',
  'delay',
  'condition',
  'switch',
  'join',
  'join',
  'loop',
  'loop',
];

type Draw = (sides: number) => number;

function portsOf(node: ModelNode): readonly string[] {
  switch (node.kind) {
    case 'condition':
      return ['true', 'false'];
    case 'switch':
      return ['a', 'b', 'default'];
    case 'loop':
      return node.onError === 'port' ? ['done', 'error'] : ['done'];
    case 'shaky':
      return node.onError === 'port' ? ['out', 'error'] : ['out'];
    default:
      return ['out'];
  }
}

function drawRegion(draw: Draw, prefix: string, depth: number): Region {
  const size = 1 + draw(depth === 0 ? 7 : 4);
  const nodes: ModelNode[] = [];
  const edges: { source: string; port: string; target: string }[] = [];
  const entries: string[] = [];
  for (let index = 0; index < size; index++) {
    const id = `${prefix}${index}`;
    const drawn = kinds[draw(kinds.length)] ?? 'plain';
    const kind = drawn === 'loop' && depth === 2 ? 'plain' : drawn;
    // A loop is to go on after failures more often than the steps in it.
    const policies = kind === 'loop' ? ['continue', 'port', 'fail'] : ['fail', 'continue', 'fail', 'port'];
    const onError = policies[draw(policies.length)] ?? 'fail';
    const node: ModelNode = {
      id,
      kind,
      salt: draw(7),
      onError,
      mode: draw(3) === 0 ? 'any' : 'all',
      count: draw(4),
      concurrency: 1 + draw(3),
      body: kind === 'loop' ? drawRegion(draw, `${id}_`, depth + 1) : undefined,
    };
    const ways = nodes.length === 0 ? 0 : draw(kind === 'join' ? 4 : 3);
    const led = new Map<string, { source: string; port: string; target: string }>();
    for (let way = 0; way < ways; way++) {
      const source = nodes[draw(nodes.length)];
      if (source === undefined) continue;
      const ports = portsOf(source);
      const port = ports[draw(ports.length)] ?? 'out';
      led.set(`${source.id}:${port}`, { source: source.id, port, target: id });
    }
    if (led.size === 0) entries.push(id);
    edges.push(...led.values());
    nodes.push(node);
  }
  // Failures that leave by a port need a step behind it.
  const hasWay = ({ id }: ModelNode): boolean =>
    edges.some((edge) => edge.source === id && edge.port === 'error');
  const usable = nodes.map((node) =>
    node.onError === 'port' && !hasWay(node) ? { ...node, onError: 'continue' } : node,
  );
  return { nodes: usable, entries, edges };
}

/** What a plain step gives: where it was done. */
const whereText = (isInLoop: boolean): string => (isInLoop ? '{"at": item, "index": index}' : '{"at": ""}');

function configOf(node: ModelNode, isInLoop: boolean): { type: string; config: Record<string, unknown> } {
  const { salt, onError, count, concurrency, mode } = node;
  const policy = onError === 'fail' ? {} : { onError };
  switch (node.kind) {
    case 'plain':
      return { type: 'transform', config: { expression: whereText(isInLoop) } };
    case 'shaky': {
      const expression = `${dieText(salt, isInLoop, 3)} = 0 ? $error("shaky") : ${whereText(isInLoop)}`;
      return { type: 'transform', config: { expression, ...policy } };
    }
    case 'delay':
      return { type: 'delay', config: { seconds: 0.001 } };
    case 'condition':
      return { type: 'condition', config: { expression: `${dieText(salt, isInLoop, 2)} = 0` } };
    case 'switch': {
      const expression = `$substring("abc", ${dieText(salt, isInLoop, 3)}, 1)`;
      return { type: 'switch', config: { expression, cases: ['a', 'b'] } };
    }
    case 'join':
      return { type: 'join', config: { mode } };
    case 'loop': {
      const numbers = Array.from({ length: count }, (_, index) => index).join(', ');
      const items = `$map([${numbers}], function($v) { ${isInLoop ? 'item & "." & $v' : '$string($v)'} })`;
      return { type: 'loop', config: { items, concurrency, ...policy } };
    }
  }
}

function documentOf(root: Region, draw: Draw): WorkflowDocument {
  const nodes: { id: string; type: string; config: Record<string, unknown> }[] = [
    { id: 'start', type: 'manual', config: {} },
  ];
  const edges: string[] = [];
  const write = (source: string, port: string, target: string): void =>
    void edges.push(port === 'out' ? `${source}>${target}` : `${source}:${port}>${target}`);
  const addRegion = (region: Region, way: { source: string; port: string }, isInLoop: boolean): void => {
    for (const node of region.nodes) nodes.push({ id: node.id, ...configOf(node, isInLoop) });
    for (const entry of region.entries) write(way.source, way.port, entry);
    for (const { source, port, target } of region.edges) write(source, port, target);
    for (const node of region.nodes) {
      if (node.body !== undefined) addRegion(node.body, { source: node.id, port: 'each' }, true);
      // Leading back ends a branch of the round, which it does anyway.
      if (isInLoop && draw(3) === 0) write(node.id, portsOf(node)[0] ?? 'out', way.source);
    }
  };
  addRegion(root, { source: 'start', port: 'out' }, false);
  return makeDocument(nodes, edges);
}

/** Random workflows; a choice is a number on a tape, so that a failing one shrinks. */
export const randomGraphs: fc.Arbitrary<RandomGraph> = fc
  .array(fc.nat(1_000), { minLength: 40, maxLength: 260 })
  .map((tape) => {
    let at = 0;
    const draw: Draw = (sides) => (tape[at++] ?? 0) % sides;
    const root = drawRegion(draw, 'n', 0);
    return { root, document: documentOf(root, draw) };
  });
