/** Workflows made through `/v1` and runs read back, as any program of the operator's would. */
import { until } from '../../support/until.ts';
import { at, listAt, textAt } from './at.ts';
import type { ContractHost } from './contract-host.ts';
import type { Answer } from './send.ts';

export interface Made {
  id: string;
  /** The document as answered. */
  document: unknown;
  /** Webhook URL of a node, `hook` unless told. */
  url: (nodeId?: string) => string;
  /** Endpoint id of a node, `hook` unless told. */
  endpointId: (nodeId?: string) => string;
}

export type Node = Record<string, unknown> & { id: string; type: string };

let made = 0;

/** A slug nobody else of this file uses. */
export function freshSlug(stem = 'wf'): string {
  made += 1;
  return `${stem}-${made}`;
}

/** Makes and activates a workflow; nodes are chained in order unless edges are given. Throws the refusal. */
export async function makeWorkflow(
  host: ContractHost,
  nodes: readonly Node[],
  more: Record<string, unknown> = {},
): Promise<Made> {
  const slug = freshSlug();
  const answer = await host.v1('POST', '/v1/workflows?activate=true', {
    name: `Workflow ${slug}`,
    slug,
    nodes,
    edges: chain(nodes.map((node) => node.id)),
    ...more,
  });
  if (answer.status >= 300) throw new Error(`Not made: ${answer.status} ${answer.text}`);
  return asMade(answer);
}

/** Makes a workflow of one webhook with these settings and perhaps further steps behind it. */
export function makeHook(
  host: ContractHost,
  config: Record<string, unknown>,
  steps: readonly Node[] = [],
  more: Record<string, unknown> = {},
): Promise<Made> {
  return makeWorkflow(host, [{ id: 'hook', type: 'webhook', name: 'Hook', config }, ...steps], more);
}

/** Edges from each id to the next. */
export function chain(ids: readonly string[]): { source: string; target: string }[] {
  return ids.slice(1).map((target, index) => ({ source: String(ids[index]), target }));
}

/** A workflow as `/v1` answered it. */
export function asMade(answer: Answer): Made {
  const endpoint = (nodeId: string): unknown =>
    listAt(answer.json, 'endpoints').find((one) => at(one, 'nodeId') === nodeId);
  return {
    id: textAt(answer.json, 'id'),
    document: answer.json,
    url: (nodeId = 'hook') => textAt(endpoint(nodeId), 'url'),
    endpointId: (nodeId = 'hook') => textAt(endpoint(nodeId), 'id'),
  };
}

/** The run once it has one of these states; finished ones unless told. Throws with its last state. */
export async function runIn(
  host: ContractHost,
  id: string,
  states: readonly string[] = ['succeeded', 'failed', 'cancelled'],
): Promise<unknown> {
  let last: unknown;
  try {
    return await until(`run ${id} to be ${states.join(' or ')}`, async () => {
      last = (await host.v1('GET', `/v1/workflow-runs/${id}`)).json;
      return states.includes(String(at(last, 'status'))) ? last : undefined;
    });
  } catch (error) {
    throw new Error(`${String(error)}; it is ${JSON.stringify(last)}`, { cause: error });
  }
}

/** The output of a run that must succeed. */
export async function outputOf(host: ContractHost, id: string): Promise<unknown> {
  const run = await runIn(host, id);
  if (at(run, 'status') !== 'succeeded') throw new Error(`The run did not succeed: ${JSON.stringify(run)}`);
  return at(run, 'output');
}

/** How many runs a workflow has. */
export async function countRuns(host: ContractHost, workflowId: string): Promise<number> {
  const { json } = await host.v1('GET', `/v1/workflow-runs?workflow=${workflowId}&limit=500`);
  return listAt(json, 'items').length;
}
