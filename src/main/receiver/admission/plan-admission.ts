/**
 * What an accepted request does (SPEC 3): the runs it starts at its endpoint's nodes, and the wait it resumes. Decided before
 * the transaction, carried out by it.
 */
import type { Target } from '../../../shared/model/run.ts';
import { correlationText } from '../../engine/correlation.ts';
import type { PlannedRun, ResumeWanted } from '../../store/types.ts';
import { evaluate, scopeOf } from '../evaluate.ts';
import type { Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';
import type { RouteTarget } from '../routes/route.ts';
import type { Tools } from '../tools.ts';
import type { AdmissionPlan } from './admission-plan.ts';

/** Seconds an early delivery is held when the node does not say (SPEC 3). */
const defaultHoldSeconds = 86_400;
const noNodes: ResumeWanted['nodes'] = [];

/** One node's wish to have a run resumed. */
interface Wish {
  readonly match: ResumeWanted['match'];
  readonly nodes: ResumeWanted['nodes'];
  readonly holdMs: number;
}

/**
 * Plans an admission.
 * @throws AppError `unknown_action`, `missing_parameter` (validmind); expression errors of a correlation
 */
export function planAdmission(exchange: Exchange, tools: Tools): AdmissionPlan | Promise<AdmissionPlan> {
  const { resumeToken, targets } = routeOf(exchange);
  if (resumeToken !== undefined) {
    const match = { kind: 'token', tokenHash: resumeToken } as const;
    return {
      runs: [],
      resume: wanted(exchange, [{ match, nodes: noNodes, holdMs: 0 }]),
      requireTarget: null,
    };
  }
  const runs: PlannedRun[] = [];
  const wishes: Promise<Wish | undefined>[] = [];
  let requireTarget: Target | null = null;
  for (const target of targets) {
    const intent = routeOf(exchange).style.intent(
      exchange.payload?.value ?? null,
      target.role === 'start' ? 'start' : 'wait',
    );
    if (intent.kind !== 'byCorrelation') requireTarget = intent.target;
    if (intent.kind === 'start') {
      const run = planRun(exchange, target, intent.target, tools);
      if (run !== undefined) runs.push(run);
      if (target.config.onMatch === 'resume') wishes.push(wishByCorrelation(exchange, target, tools));
    } else if (intent.kind === 'resume') {
      const isWait = target.role === 'wait';
      const wish: Wish = {
        match: { kind: 'target', target: intent.target },
        nodes: isWait ? [target] : noNodes,
        holdMs: isWait ? holdMsOf(target) : 0,
      };
      wishes.push(Promise.resolve(wish));
    } else if (target.role === 'wait') {
      wishes.push(wishByCorrelation(exchange, target, tools));
    }
  }
  const close = (found: readonly (Wish | undefined)[]): AdmissionPlan => ({
    runs,
    resume: wanted(exchange, found),
    requireTarget,
  });
  return wishes.length === 0 ? close([]) : Promise.all(wishes).then(close);
}

function planRun(
  exchange: Exchange,
  target: RouteTarget,
  record: Target | null,
  { engine }: Tools,
): PlannedRun | undefined {
  const { workflowId, version, document } = target;
  const startNodeId = target.role === 'start' ? target.nodeId : firstStartOf(target);
  if (startNodeId === undefined) return undefined;
  const { params, paramsJson, payload, raw } = exchange;
  return engine.planRun({
    workflowId,
    version,
    document,
    startNodeId,
    inputJson: payload?.json ?? null,
    paramsJson,
    target: record,
    // What the engine would read again from the store a moment later.
    request: {
      id: exchange.id,
      facts: { raw, params, payload: payload?.value ?? null, payloadText: payload?.text },
    },
  });
}

/** `run_workflow` sent to a node in the middle starts the workflow where it starts: at a webhook, else at its first start. */
function firstStartOf({ document }: RouteTarget): string | undefined {
  const entered = new Set(document.edges.map((edge) => edge.target));
  const starts = document.nodes.filter((node) => !entered.has(node.id));
  return (starts.find((node) => node.type === 'webhook') ?? starts[0])?.id;
}

/** A wish by the value of the node's correlation; none when the request has no such value. */
async function wishByCorrelation(
  exchange: Exchange,
  target: RouteTarget,
  tools: Tools,
): Promise<Wish | undefined> {
  const { correlation } = target.config;
  if (correlation === undefined) return undefined;
  const value = correlationText(await evaluate(correlation.request, scopeOf(exchange, tools), tools));
  if (value === null) return undefined;
  const isWait = target.role === 'wait';
  return {
    match: { kind: 'correlation', value },
    nodes: isWait ? [target] : waitsOf(target),
    // A start takes what nothing waits for.
    holdMs: isWait ? holdMsOf(target) : 0,
  };
}

/** The waiting nodes of a workflow that have a correlation: what a start with `onMatch: "resume"` may resume. */
function waitsOf({ document, workflowId }: RouteTarget): ResumeWanted['nodes'] {
  return document.nodes
    .filter(
      ({ type, config }) =>
        type === 'webhook' && config['waitWhenReached'] === true && config['correlation'] !== undefined,
    )
    .map((node) => ({ workflowId, nodeId: node.id }));
}

function holdMsOf({ config }: RouteTarget): number {
  return (config.holdEarlySeconds ?? defaultHoldSeconds) * 1_000;
}

/** The wishes of all nodes as one; nodes whose value differs from the first one's are left out. */
function wanted(
  { paramsJson, payload }: Exchange,
  wishes: readonly (Wish | undefined)[],
): ResumeWanted | null {
  const all = wishes.filter((wish) => wish !== undefined);
  const [first] = all;
  if (first === undefined) return null;
  const alike = all.filter(({ match }) => isSameMatch(match, first.match));
  return {
    match: first.match,
    nodes: alike.flatMap(({ nodes }) => nodes).map(({ workflowId, nodeId }) => ({ workflowId, nodeId })),
    holdMs: Math.max(...alike.map(({ holdMs }) => holdMs)),
    inputJson: payload?.json ?? null,
    paramsJson,
  };
}

function isSameMatch(one: ResumeWanted['match'], other: ResumeWanted['match']): boolean {
  return one.kind !== 'correlation' || other.kind !== 'correlation' || one.value === other.value;
}
