/**
 * What an accepted request does (SPEC 3): the runs it starts at its endpoint's nodes, and the wait it resumes. Decided before
 * the transaction, carried out by it.
 */
import { webhookConfigSchema } from '../../../shared/model/endpoint.ts';
import type { Target } from '../../../shared/model/run.ts';
import { correlationText } from '../../engine/correlation.ts';
import type { PlannedRun, ResumeWanted, ResumeWish } from '../../store/types.ts';
import { evaluate, scopeOf } from '../evaluate.ts';
import type { Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';
import type { RouteTarget } from '../routes/route.ts';
import type { Tools } from '../tools.ts';
import type { AdmissionPlan } from './admission-plan.ts';
import { holdMsOf } from './hold-time.ts';

const noNodes: ResumeWish['nodes'] = [];

/** A wish to have a run resumed, and the run that starts only where nothing takes the request. */
interface Wish extends ResumeWish {
  readonly insteadOf?: string | undefined;
}

/**
 * Plans an admission. Every start of the endpoint starts a run; every wait has a wish of its own, by its own value.
 * @throws AppError `unknown_action`, `missing_parameter` (validmind); expression errors of a correlation
 */
export function planAdmission(
  exchange: Exchange,
  targets: readonly RouteTarget[],
  tools: Tools,
): AdmissionPlan | Promise<AdmissionPlan> {
  const { resumeToken, resumeHoldMs = 0 } = routeOf(exchange);
  if (resumeToken !== undefined) {
    const match = { kind: 'token', tokenHash: resumeToken } as const;
    const resume = wanted(exchange, [{ match, nodes: noNodes, holdMs: resumeHoldMs }]);
    return { runs: [], resume, requireTarget: null };
  }
  const runs: PlannedRun[] = [];
  const wishes: Promise<readonly Wish[]>[] = [];
  let requireTarget: Target | null = null;
  for (const target of targets) {
    const isWait = target.role === 'wait';
    const intent = routeOf(exchange).style.intent(
      exchange.payload?.value ?? null,
      target.role === 'start' ? 'start' : 'wait',
    );
    if (intent.kind !== 'byCorrelation') requireTarget = intent.target;
    if (intent.kind === 'start') {
      const run = planRun(exchange, target, intent.target, tools);
      if (run === undefined) continue;
      runs.push(run);
      if (target.config.onMatch === 'resume') wishes.push(wishesOfStart(exchange, target, run.id, tools));
    } else if (intent.kind === 'resume') {
      const match = { kind: 'target', target: intent.target } as const;
      const [nodes, holdMs] = isWait ? [[target], holdMsOf(target.config)] : [noNodes, 0];
      wishes.push(Promise.resolve([{ match, nodes, holdMs }]));
    } else if (isWait) {
      wishes.push(wishesOfWait(exchange, target, tools));
    }
  }
  if (wishes.length === 0) return { runs, resume: null, requireTarget };
  return Promise.all(wishes).then((found) => ({
    runs,
    resume: wanted(exchange, found.flat()),
    requireTarget,
  }));
}

function planRun(
  exchange: Exchange,
  target: RouteTarget,
  record: Target | null,
  { engine }: Tools,
): PlannedRun | undefined {
  const { workflowId, version, document } = target;
  // A wait at a shared source is told by its own starts, if it has any there.
  if (target.role !== 'start' && target.config.endpointId !== undefined) return undefined;
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

/** What the request says at a node with a correlation; null when it has no such value. */
async function valueAt(exchange: Exchange, { config }: RouteTarget, tools: Tools): Promise<string | null> {
  const { correlation } = config;
  if (correlation === undefined) return null;
  return correlationText(await evaluate(correlation.request, scopeOf(exchange, tools), tools));
}

/** What a wait wishes for: the run whose value equals the request's. */
async function wishesOfWait(exchange: Exchange, target: RouteTarget, tools: Tools): Promise<readonly Wish[]> {
  const value = await valueAt(exchange, target, tools);
  if (value === null) return [];
  return [{ match: { kind: 'correlation', value }, nodes: [target], holdMs: holdMsOf(target.config) }];
}

/** What a start with `onMatch: "resume"` wishes for: any wait of its workflow that has a correlation. */
async function wishesOfStart(
  exchange: Exchange,
  target: RouteTarget,
  insteadOf: string,
  tools: Tools,
): Promise<readonly Wish[]> {
  const value = await valueAt(exchange, target, tools);
  if (value === null) return [];
  const { document, workflowId } = target;
  return document.nodes.flatMap(({ id, type, config }) => {
    const wait = type === 'webhook' ? webhookConfigSchema.safeParse(config).data : undefined;
    if (wait?.waitWhenReached !== true || wait.correlation === undefined) return [];
    const nodes = [{ workflowId, nodeId: id }];
    return [{ match: { kind: 'correlation', value }, nodes, holdMs: holdMsOf(wait), insteadOf }];
  });
}

/** The wishes of all nodes together; null: there are none. */
function wanted({ paramsJson, payload }: Exchange, wishes: readonly Wish[]): ResumeWanted | null {
  if (wishes.length === 0) return null;
  return {
    wishes: wishes.map(({ match, nodes, holdMs }) => ({
      match,
      nodes: nodes.map(({ workflowId, nodeId }) => ({ workflowId, nodeId })),
      holdMs,
    })),
    insteadOf: [...new Set(wishes.flatMap((wish) => wish.insteadOf ?? []))],
    inputJson: payload?.json ?? null,
    paramsJson,
  };
}
