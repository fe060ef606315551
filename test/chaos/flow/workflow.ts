/**
 * The workflows that are killed all the time, and what the disk must show of each of their runs. The one of five steps:
 * a call, code, a branch, a wait for a request and another call. The other waits in vain, and its wait times out.
 */
import { z } from 'zod';
import { SIGNING_SECRET } from '../../support/signed-workflow.ts';
import { callV1 } from '../../support/v1.ts';

export interface Flow {
  readonly id: string;
  /** Path of the start. */
  readonly path: string;
  readonly atMostOnce: boolean;
  /** The ways a run may go, as lists of steps. */
  readonly ways: readonly (readonly string[])[];
}

/** Makes and activates a flow on a host. `target`: origin of what it calls. */
export type FlowMaker = (receiver: string, target: string) => Promise<Flow>;

/** The steps that call the target. */
export const callNodes: readonly string[] = ['one', 'two'];

const hook = {
  id: 'hook',
  type: 'webhook',
  config: { style: 'native', auth: { scheme: 'hmac', secret: SIGNING_SECRET } },
};
const late = { id: 'late', type: 'set', config: { fields: { is: 'late' } } };
const waiting = { style: 'native', auth: { scheme: 'none' }, waitWhenReached: true };

/** The flow of five steps. `atMostOnce`: calls that were cut off are not made again. */
export function fiveSteps(options: {
  readonly slug: string;
  readonly atMostOnce?: boolean;
  /** A pause between wait and last call. */
  readonly pauseSeconds?: number;
  /** The wait takes another way after so long. */
  readonly timeoutSeconds?: number;
}): FlowMaker {
  const { slug, atMostOnce = false, pauseSeconds, timeoutSeconds } = options;
  const rest = pauseSeconds === undefined ? ['wait', 'two'] : ['wait', 'pause', 'two'];
  return (receiver, target) => {
    const call = (id: string, body: object) => ({
      id,
      type: 'http',
      config: {
        method: 'POST',
        url: `${target}/${id}`,
        body: { run: '{{run.id}}', node: id, ...body },
        ...(atMostOnce ? { atMostOnce } : {}),
      },
    });
    const nodes = [
      hook,
      call('one', { resume: '{{run.resumeUrl}}' }),
      {
        id: 'mid',
        type: 'code',
        config: {
          code: 'return { rest: input.trigger.data.orderId % 2 };',
          retry: { attempts: 5, backoffSeconds: 0.05 },
        },
      },
      { id: 'branch', type: 'condition', config: { expression: 'steps.mid.output.rest = 0' } },
      { id: 'odd', type: 'set', config: { fields: { is: 'odd' } } },
      {
        id: 'wait',
        type: 'webhook',
        config: { ...waiting, ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }) },
      },
      ...(timeoutSeconds === undefined ? [] : [late]),
      ...(pauseSeconds === undefined
        ? []
        : [{ id: 'pause', type: 'delay', config: { seconds: pauseSeconds } }]),
      call('two', {}),
    ];
    const edges = ['hook>one', 'one>mid', 'mid>branch', 'branch:true>wait', 'branch:false>odd', 'odd>wait'];
    if (timeoutSeconds !== undefined) edges.push('wait:timeout>late');
    const tail = rest.slice(1).map((id, index) => `${rest[index]}>${id}`);
    const first = ['hook', 'one', 'mid', 'branch'];
    const heads = [first, [...first, 'odd']];
    const ways = heads.flatMap((head) => [
      [...head, ...rest],
      ...(timeoutSeconds === undefined ? [] : [[...head, 'wait', 'late']]),
    ]);
    return make(receiver, { slug, nodes, edges: [...edges, ...tail] }, { atMostOnce, ways });
  };
}

/** A flow whose wait is never answered and takes its time-out. */
export function waitInVain(slug: string, timeoutSeconds: number): FlowMaker {
  const nodes = [hook, { id: 'wait', type: 'webhook', config: { ...waiting, timeoutSeconds } }, late];
  return (receiver) =>
    make(
      receiver,
      { slug, nodes, edges: ['hook>wait', 'wait:timeout>late'] },
      { atMostOnce: false, ways: [['hook', 'wait', 'late']] },
    );
}

const created = z.object({
  id: z.string(),
  endpoints: z.array(z.object({ nodeId: z.string(), url: z.url() })),
});

async function make(
  receiver: string,
  {
    slug,
    nodes,
    edges,
  }: { readonly slug: string; readonly nodes: readonly object[]; readonly edges: readonly string[] },
  facts: Pick<Flow, 'atMostOnce' | 'ways'>,
): Promise<Flow> {
  const { status, body } = await callV1(receiver, 'POST', '/v1/workflows?activate=true', {
    name: `Flow ${slug}`,
    slug,
    nodes,
    edges: edges.map((edge) => {
      const [from = '', target] = edge.split('>');
      const [source, port] = from.split(':');
      return { source, target, ...(port === undefined ? {} : { port }) };
    }),
  });
  const made = created.safeParse(body);
  const url = made.data?.endpoints.find(({ nodeId }) => nodeId === 'hook')?.url;
  if (!made.success || url === undefined)
    throw new Error(`The workflow could not be made: ${status} ${JSON.stringify(body)}`);
  return { id: made.data.id, path: new URL(url).pathname, ...facts };
}
