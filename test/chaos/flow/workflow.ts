/**
 * The workflows that are killed all the time, and what the disk must show of each of their runs. One of five steps: a
 * call, code, a branch, a wait for a request and another call. One that writes a record, goes round a loop, meets itself
 * again and runs another. One that waits in vain, and its wait times out.
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
  /** Some of the steps go side by side: their order says nothing. */
  readonly isParallel?: boolean;
  /** What each run leaves beside itself, once: SQL that counts it for a run by its id and number. */
  readonly leaves?: readonly { readonly what: string; readonly sql: string }[];
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
/** Of steps in the sandbox, which a test may kill. */
const retry = { attempts: 5, backoffSeconds: 0.05 };
const waiting = { style: 'native', auth: { scheme: 'none' }, waitWhenReached: true };

/** A call that tells the target whose it is. */
function callOf(target: string, id: string, body: object, more: object = {}) {
  const told = { run: '{{run.id}}', node: id, ...body };
  return { id, type: 'http', config: { method: 'POST', url: `${target}/${id}`, body: told, ...more } };
}

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
    const more = atMostOnce ? { atMostOnce } : {};
    const nodes = [
      hook,
      callOf(target, 'one', { resume: '{{run.resumeUrl}}' }, more),
      {
        id: 'mid',
        type: 'code',
        config: {
          code: 'return { rest: input.trigger.data.orderId % 2 };',
          retry,
        },
      },
      { id: 'branch', type: 'condition', config: { expression: 'steps.mid.output.rest = 0', retry } },
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
      callOf(target, 'two', {}, more),
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

/** A flow of everything that happens once because it happens in the store. */
export function inTheStore(slug: string): FlowMaker {
  return async (receiver, target) => {
    await callV1(receiver, 'POST', '/v1/entities', { name: 'Made', fields: [] });
    await callV1(receiver, 'POST', '/v1/workflows?activate=true', {
      name: 'Called',
      slug: 'called',
      nodes: [{ id: 'start', type: 'manual' }, late],
      edges: [{ source: 'start', target: 'late' }],
    });
    const set = (id: string) => ({ id, type: 'set', config: { fields: { is: id } } });
    const nodes = [
      hook,
      callOf(target, 'one', { resume: '{{run.resumeUrl}}' }),
      { id: 'made', type: 'record.create', config: { entity: 'Made', data: { run: '{{run.id}}' } } },
      { id: 'each', type: 'loop', config: { items: '[1, 2]' } },
      set('round'),
      set('left'),
      set('right'),
      { id: 'meet', type: 'join' },
      { id: 'child', type: 'workflow', config: { workflow: 'called', input: {} } },
      { id: 'wait', type: 'webhook', config: waiting },
      callOf(target, 'two', {}),
    ];
    const edges = [
      'hook>one',
      'one>made',
      'made>each',
      'each:each>round',
      'each:done>left',
      'each:done>right',
      'left>meet',
      'right>meet',
      'meet>child',
      'child>wait',
      'wait>two',
    ];
    const passed = [
      'hook',
      'one',
      'made',
      'each',
      'round',
      'round',
      'left',
      'right',
      'meet',
      'child',
      'wait',
      'two',
    ];
    return make(
      receiver,
      { slug, nodes, edges },
      {
        atMostOnce: false,
        ways: [passed],
        isParallel: true,
        leaves: [
          {
            what: 'record',
            sql: "SELECT count(*) FROM records WHERE entity = 'Made' AND json_extract(data, '$.run') = :id",
          },
          {
            what: 'finished child run',
            sql: `SELECT count(*) FROM run_origins AS o JOIN runs AS c ON c.seq = o.run_seq
              WHERE o.parent_seq = :seq AND c.status = 'succeeded'`,
          },
        ],
      },
    );
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
  facts: Omit<Flow, 'id' | 'path'>,
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
