/**
 * What the expressions of a document name: steps that are not there, steps that can not have run before, names that mean
 * two things or nothing (SPEC 7, 8). Judged from the syntax tree, so a name inside a text or a filter is none. Pure.
 */
import { AppError } from '../../shared/errors.ts';
import { parseExpression } from '../../shared/expression/parse-expression.ts';
import { parsePlainPath } from '../../shared/expression/plain-path.ts';
import { splitTemplate } from '../../shared/expression/template.ts';
import {
  formatPath,
  type Issue,
  type WorkflowDocument,
  type WorkflowNode,
} from '../../shared/model/document.ts';
import { type ReachPart, reachOf } from '../sandbox/expression-reach.ts';
import { type Ancestry, findAncestry } from './ancestry.ts';
import { type ConfigText, configTexts } from './config-texts.ts';
import { shapeOf } from './graph-shape.ts';

/** `issues` keep a document from being committed, `warnings` are told beside. */
export interface Verdict {
  readonly issues: readonly Issue[];
  readonly warnings: readonly Issue[];
}

/** Names of the scope (SPEC 7). */
const scopeNames: ReadonlySet<string> = new Set(
  // Of `secrets` is judged by where they stand; see check-config.
  'trigger webhookData params steps target run vars item index secrets'.split(' '),
);
/** Texts of a webhook that are read while its request is met: nothing of a run is there yet. */
const beforeRun = new Set(['filter', 'dedupe', 'handshake', 'response']);
/** What is there before a run is; an answer given at once knows the run it began, too. */
const requestNames = new Set(['trigger', 'webhookData', 'params', 'target', 'vars', 'secrets']);

/** A name an expression reads, and where it begins in the text of its field. */
interface Reference {
  readonly root: string;
  readonly child: string | undefined;
  readonly position: number;
}

function expressionsOf(
  text: ConfigText,
): readonly { readonly expression: string; readonly position: number }[] {
  if (text.kind === 'expression') return [{ expression: text.text, position: 0 }];
  return splitTemplate(text.text).flatMap((part) => (part.kind === 'expression' ? [part] : []));
}

/** Where `name` stands behind `root`, counted from 1; else where the expression begins. */
function placeOf(expression: string, { root, child }: Pick<Reference, 'root' | 'child'>): number {
  const from = expression.indexOf(root);
  const at = child === undefined ? from : expression.indexOf(child, from + root.length);
  return Math.max(at, 0) + 1;
}

/** What an expression reads; nothing can be told of one that reads all of the scope. Most are plain paths. */
function reachIn(expression: string): readonly ReachPart[] {
  const [root, child] = parsePlainPath(expression) ?? [];
  if (root !== undefined)
    return [{ root: root.name, child: root.indexes.length === 0 ? child?.name : undefined }];
  const reach = reachOf(parseExpression(expression));
  return reach === 'all' ? [] : reach;
}

function referencesOf(text: ConfigText): readonly Reference[] {
  if (text.text.trim() === '') return [];
  try {
    return expressionsOf(text).flatMap(({ expression, position }) => {
      return reachIn(expression).map((part) => ({ ...part, position: position + placeOf(expression, part) }));
    });
  } catch (error) {
    // Told as what it is, with its place, by the check of the field itself.
    if (error instanceof AppError) return [];
    throw error;
  }
}

interface Surroundings {
  readonly byId: ReadonlyMap<string, WorkflowNode>;
  readonly byName: ReadonlyMap<string, readonly WorkflowNode[]>;
  readonly ancestry: Ancestry;
  isInLoop(id: string): boolean;
}

/** What is wrong with one name; undefined: nothing. */
function judge(
  { root, child }: Reference,
  text: ConfigText,
  node: WorkflowNode,
  { byId, byName, ancestry, isInLoop }: Surroundings,
): { readonly message: string; readonly isIssue: boolean } | undefined {
  const warning = (message: string) => ({ message, isIssue: false });
  if (!scopeNames.has(root)) return warning(`Nothing is named "${root}" here; it has no value`);
  if ((root === 'item' || root === 'index') && !isInLoop(node.id))
    return warning(`"${root}" has a value only inside a loop`);
  const isEarly = node.type === 'webhook' && isReadEarly(text);
  const isKnownEarly = requestNames.has(root) || (root === 'run' && text.path[0] === 'response');
  if (isEarly && !isKnownEarly)
    return warning(`"${root}" has no value while the request is judged: the run begins later`);
  if (root !== 'steps' || child === undefined) return undefined;
  const named = byId.has(child) ? [byId.get(child)] : (byName.get(child) ?? []);
  const steps = named.filter((one) => one !== undefined);
  if (steps.length === 0) return { message: `There is no step "${child}"`, isIssue: true };
  if (!steps.some(({ id }) => ancestry.leads(id, node.id)))
    return warning(`The step "${child}" can not have run before; it has no value here`);
  if (steps.length > 1)
    return warning(`${steps.length} steps are named "${child}": the one that ran last counts; use its id`);
  return undefined;
}

/** Whether a webhook's text is read before there is a run; `correlation.run` is read in it. */
function isReadEarly({ path }: ConfigText): boolean {
  const [first, second] = path;
  return (
    typeof first === 'string' && (beforeRun.has(first) || (first === 'correlation' && second === 'request'))
  );
}

/** Judges every name the expressions of a document use. */
export function checkReferences(document: WorkflowDocument): Verdict {
  const byId = new Map(document.nodes.map((node) => [node.id, node]));
  const byName = new Map<string, WorkflowNode[]>();
  for (const node of document.nodes) {
    const known = byName.get(node.name);
    if (known === undefined) byName.set(node.name, [node]);
    else known.push(node);
  }
  const shape = shapeOf(document);
  // Without the way back to a loop: what is behind it has not run before it.
  const ancestry = findAncestry([...byId.keys()], shape.followers);
  const isInLoop = (id: string): boolean => shape.loopsOf(id).length > 0;
  const surroundings = { byId, byName, ancestry, isInLoop };
  const issues: Issue[] = [];
  const warnings: Issue[] = [];
  for (const [index, node] of document.nodes.entries()) {
    for (const text of configTexts(node.type, node.config)) {
      for (const reference of referencesOf(text)) {
        const fault = judge(reference, text, node, surroundings);
        if (fault === undefined) continue;
        (fault.isIssue ? issues : warnings).push({
          path: `nodes[${index}].config.${formatPath(text.path)}`,
          message: `${fault.message} (at character ${reference.position}).`,
          nodeId: node.id,
        });
      }
    }
  }
  return { issues, warnings };
}
