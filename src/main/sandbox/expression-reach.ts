/**
 * Which parts of the scope an expression can read, from its syntax tree, so that only those are copied to the sandbox.
 * Names count only where the context is still the scope itself (`trigger.data[qty > 1]` reads `trigger.data`, not
 * `qty`). In doubt the answer is everything: a wider reach costs time, a narrower one a wrong value.
 */
import { expressionError } from '../../shared/expression/expression-error.ts';

/** A root of the scope, or one child of a root. */
export interface ReachPart {
  readonly root: string;
  readonly child: string | undefined;
}

export type Reach = 'all' | readonly ReachPart[];

type Node = Readonly<Record<string, unknown>>;

/** Functions without arguments that do not fall back on the context. */
const CONTEXT_FREE = new Set(['now', 'millis', 'random', 'error']);
/** Functions that take the context for a first argument left out while another is given. */
const CONTEXT_FIRST = new Set(['lookup', 'each', 'sift']);

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function nodesIn(value: unknown): readonly Node[] {
  return Array.isArray(value) ? value.flat().filter(isNode) : isNode(value) ? [value] : [];
}

/** A step that is a name and nothing more, so that the next step looks into exactly that child. */
function plainName(step: Node | undefined): string | undefined {
  if (step?.['type'] !== 'name' || typeof step['value'] !== 'string') return undefined;
  const extras = ['focus', 'index', 'stages', 'predicate', 'group', 'tuple', 'ancestor', 'keepArray'];
  return extras.some((extra) => step[extra] !== undefined) ? undefined : step['value'];
}

/** `$clone` is what keeps JSONata's transform from changing the original: nothing else may take its name. */
function refuseClone(name: unknown, node: Node): void {
  if (name !== 'clone') return;
  const position = typeof node['position'] === 'number' ? node['position'] : 0;
  throw expressionError('expression_invalid', { position, reason: 'The name $clone is taken' });
}

/**
 * The reach of an expression's syntax tree.
 * @throws AppError `expression_invalid` when it redefines `$clone`.
 */
export function reachOf(ast: unknown): Reach {
  let isAll = false;
  const parts = new Map<string, Set<string> | 'whole'>();

  const addRoot = (root: string, child: string | undefined): void => {
    const known = parts.get(root);
    if (known === 'whole') return;
    if (child === undefined) parts.set(root, 'whole');
    else if (known === undefined) parts.set(root, new Set([child]));
    else known.add(child);
  };

  const visitAll = (value: unknown, atScope: boolean): void => {
    for (const node of nodesIn(value)) visit(node, atScope);
  };

  const visitPath = (node: Node, atScope: boolean): void => {
    const steps = nodesIn(node['steps']);
    let isScope = atScope;
    for (const [number, step] of steps.entries()) {
      const name = isScope && step['type'] === 'name' ? step['value'] : undefined;
      if (typeof name === 'string') {
        const child = plainName(step) === undefined || number > 0 ? undefined : steps[1];
        const isNamed = child?.['type'] === 'name' && child['focus'] === undefined;
        addRoot(name, isNamed && typeof child['value'] === 'string' ? child['value'] : undefined);
        visitExtras(step);
      } else {
        visit(step, isScope);
      }
      // With `@$v` the next step starts again where this one did.
      if (step['focus'] === undefined) isScope = false;
    }
  };

  /** Filters, groups and the like work on what the node gave, no longer on the scope. */
  const visitExtras = (node: Node): void => {
    refuseClone(node['focus'], node);
    refuseClone(node['index'], node);
    for (const key of ['stages', 'predicate']) {
      for (const stage of nodesIn(node[key])) {
        refuseClone(stage['type'] === 'index' ? stage['value'] : undefined, stage);
        visitAll(stage['expr'], false);
      }
    }
    if (isNode(node['group'])) visitAll(node['group']['lhs'], false);
  };

  const visitCall = (node: Node, atScope: boolean): void => {
    const procedure = isNode(node['procedure']) ? node['procedure'] : {};
    const name = typeof procedure['value'] === 'string' ? procedure['value'] : '';
    const count = nodesIn(node['arguments']).length;
    const isBuiltIn = procedure['type'] === 'variable';
    if (atScope && count === 0 && !(isBuiltIn && CONTEXT_FREE.has(name))) isAll = true;
    if (atScope && count === 1 && isBuiltIn && CONTEXT_FIRST.has(name)) isAll = true;
    visitAll(node['arguments'], atScope);
    if (!isBuiltIn || name === '' || name === '$') visit(procedure, atScope);
  };

  function visit(node: Node, atScope: boolean): void {
    visitExtras(node);
    switch (node['type']) {
      case 'string':
      case 'number':
      case 'value':
      case 'regex':
      case 'operator':
        return;
      case 'path':
        return visitPath(node, atScope);
      case 'name':
        if (atScope && typeof node['value'] === 'string') addRoot(node['value'], undefined);
        return;
      case 'variable':
        isAll ||= node['value'] === '$' || (atScope && node['value'] === '');
        isAll ||= atScope && typeof node['value'] === 'string' && CONTEXT_FIRST.has(node['value']);
        return;
      case 'wildcard':
      case 'descendant':
        isAll ||= atScope;
        return;
      case 'binary':
      case 'apply':
        visitAll(node['lhs'], atScope);
        return visitAll(node['rhs'], atScope);
      case 'bind':
        refuseClone(isNode(node['lhs']) ? node['lhs']['value'] : undefined, node);
        return visitAll(node['rhs'], atScope);
      case 'unary':
        for (const key of ['expression', 'expressions', 'lhs']) visitAll(node[key], atScope);
        return;
      case 'block':
        return visitAll(node['expressions'], atScope);
      case 'condition':
        for (const key of ['condition', 'then', 'else']) visitAll(node[key], atScope);
        return;
      case 'function':
      case 'partial':
        return visitCall(node, atScope);
      case 'lambda':
        for (const parameter of nodesIn(node['arguments'])) refuseClone(parameter['value'], node);
        isAll ||= atScope && node['signature'] !== undefined;
        return visitAll(node['body'], atScope);
      case 'sort':
        for (const term of nodesIn(node['terms'])) visitAll(term['expression'], false);
        return;
      case 'transform':
        for (const key of ['pattern', 'update', 'delete']) visitAll(node[key], false);
        return;
      default:
        // `%` climbs back up, and whatever a later JSONata adds may too.
        isAll = true;
    }
  }

  visitAll(ast, true);
  if (isAll) return 'all';
  const found: ReachPart[] = [];
  for (const [root, children] of parts) {
    if (children === 'whole') found.push({ root, child: undefined });
    else for (const child of children) found.push({ root, child });
  }
  return found;
}
