/**
 * The waits a run may come to, as far as they are known when it is made: so that a delivery that comes before the run is
 * there is told from one that nothing will ever take (SPEC 3, Waits).
 */
import type { ExpressionScope } from '../../shared/expression/scope.ts';
import { parsePlainPath } from '../../shared/expression/plain-path.ts';
import { webhookConfigSchema } from '../../shared/model/endpoint.ts';
import type { ComingWait } from '../store/types.ts';
import { correlationText } from './correlation.ts';
import type { Graph, GraphNode } from './graph.ts';

export interface ComingTools {
  /** sha256 hex of the token of a node's first arrival in these rounds of loops; null while none can be made. */
  tokenHashOf(runId: string, nodeId: string, rounds: readonly number[]): string | null;
  evaluateNow(expression: string, scope: ExpressionScope): { readonly value: unknown } | undefined;
}

/** Names of the scope that are the same all through a run. */
const fixedRoots: readonly string[] = ['trigger', 'webhookData', 'params'];

/**
 * Names the waits ahead.
 * @param from nodes the run goes on with
 * @param startScope `trigger`, `webhookData` and `params`; undefined: not at hand
 */
export function comingWaits(
  graph: Graph,
  runId: string,
  from: readonly string[],
  startScope: (() => ExpressionScope) | undefined,
  tools: ComingTools,
): readonly ComingWait[] {
  return graph.waitsFrom(from).map((node) => ({
    nodeId: node.id,
    correlation: correlationOf(node, startScope, tools),
    tokenHash: tools.tokenHashOf(
      runId,
      node.id,
      node.loops.map(() => 0),
    ),
  }));
}

/** Correlations of nodes, read once. */
const correlations = new WeakMap<GraphNode, string>();

/** The node's expression over the run; empty where it has none. */
function runExpressionOf(node: GraphNode): string {
  const known = correlations.get(node);
  if (known !== undefined) return known;
  const expression = webhookConfigSchema.safeParse(node.config).data?.correlation?.run ?? '';
  correlations.set(node, expression);
  return expression;
}

/** The value the node's correlation will have; null where only the run itself can tell, empty where it has none. */
function correlationOf(
  node: GraphNode,
  startScope: (() => ExpressionScope) | undefined,
  { evaluateNow }: ComingTools,
): string | null {
  const expression = runExpressionOf(node);
  if (expression === '') return '';
  const root = parsePlainPath(expression)?.[0]?.name;
  if (root === undefined || !fixedRoots.includes(root) || startScope === undefined) return null;
  const found = evaluateNow(expression, startScope());
  return found === undefined ? null : (correlationText(found.value) ?? '');
}
