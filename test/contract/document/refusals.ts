/** Workflow documents that are none: refused with the path of the fault (SPEC 8). */
import { describe, expect, it } from 'vitest';
import { at, listAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectIssue } from '../support/expect-error.ts';
import type { Answer } from '../support/send.ts';
import { freshSlug } from '../support/workflows.ts';

const host = hostForThisFile();
const hook = { id: 'hook', type: 'webhook', config: { style: 'native', auth: { scheme: 'none' } } };
const say = { id: 'say', type: 'set', config: { fields: { a: 1 } } };

function post(more: Record<string, unknown>): Promise<Answer> {
  const slug = freshSlug();
  const document = { name: slug, slug, nodes: [hook, say], edges: [{ source: 'hook', target: 'say' }] };
  return host.v1('POST', '/v1/workflows?activate=true', { ...document, ...more });
}

describe.concurrent('unknown keys', () => {
  it.each<[string, Record<string, unknown>]>([
    ['colour', { colour: 'red' }],
    ['nodes[1].colour', { nodes: [hook, { ...say, colour: 'red' }] }],
    ['nodes[1].config.colour', { nodes: [hook, { ...say, config: { fields: {}, colour: 'red' } }] }],
    ['nodes[0].config.colour', { nodes: [{ ...hook, config: { ...hook.config, colour: 'red' } }, say] }],
    [
      'nodes[0].config.auth.colour',
      { nodes: [{ ...hook, config: { style: 'native', auth: { scheme: 'none', colour: 1 } } }, say] },
    ],
    [
      'nodes[0].config.response.colour',
      { nodes: [{ ...hook, config: { ...hook.config, response: { mode: 'minimal', colour: 1 } } }, say] },
    ],
    [
      'nodes[0].config.rateLimit.perHour',
      { nodes: [{ ...hook, config: { ...hook.config, rateLimit: { perMinute: 1, perHour: 1 } } }, say] },
    ],
    [
      'nodes[0].config.parameters[0].colour',
      {
        nodes: [
          {
            ...hook,
            config: { ...hook.config, parameters: [{ name: 'a', in: 'body', type: 'string', colour: 1 }] },
          },
          say,
        ],
      },
    ],
    ['edges[0].colour', { edges: [{ source: 'hook', target: 'say', colour: 'red' }] }],
    ['settings.colour', { settings: { colour: 'red' } }],
    ['nodes[1].position.z', { nodes: [hook, { ...say, position: { x: 0, y: 0, z: 0 } }] }],
  ])('%s', async (path, more) => {
    expectIssue(await post(more), path);
  });
});

describe.concurrent('unknown or wrong', () => {
  it.each<[string, Record<string, unknown>]>([
    ['nodes[1].type', { nodes: [hook, { ...say, type: 'teleport' }] }],
    ['nodes[1].id', { nodes: [hook, { ...say, id: 'hook' }], edges: [] }],
    ['edges[0].target', { edges: [{ source: 'hook', target: 'nobody' }] }],
    ['edges[0].source', { edges: [{ source: 'nobody', target: 'say' }] }],
    ['edges[0].port', { edges: [{ source: 'hook', target: 'say', port: 'sideways' }] }],
    ['nodes[0].config.style', { nodes: [{ ...hook, config: { style: 'zapier' } }, say] }],
    [
      'nodes[0].config.auth.scheme',
      { nodes: [{ ...hook, config: { style: 'native', auth: { scheme: 'magic' } } }, say] },
    ],
    ['nodes', { nodes: 'none' }],
    ['name', { name: '' }],
    ['name', { name: 7 }],
    ['nodes[1].config.expression', { nodes: [hook, { id: 'say', type: 'transform', config: {} }] }],
    ['nodes[1].config.fields', { nodes: [hook, { id: 'say', type: 'set', config: { fields: 'x' } }] }],
    ['settings.concurrency', { settings: { concurrency: 0 } }],
    ['settings.timeoutSeconds', { settings: { timeoutSeconds: -1 } }],
  ])('%s', async (path, more) => {
    expectIssue(await post(more), path);
  });

  it('a port of a condition is true or false, one of a switch a case or default', async () => {
    const nodes = [
      hook,
      { id: 'if', type: 'condition', config: { expression: 'true' } },
      { id: 'sw', type: 'switch', config: { expression: '"a"', cases: ['a', 'b'] } },
      { ...say, id: 's1' },
      { ...say, id: 's2' },
      { ...say, id: 's3' },
    ];
    const edges = [
      { source: 'hook', target: 'if' },
      { source: 'if', target: 'sw', port: 'true' },
      { source: 'if', target: 's1', port: 'false' },
      { source: 'sw', target: 's2', port: 'b' },
      { source: 'sw', target: 's3', port: 'default' },
    ];
    expect((await post({ nodes, edges })).status).toBeLessThan(300);
    expectIssue(
      await post({ nodes, edges: edges.with(2, { source: 'if', target: 's1', port: 'maybe' }) }),
      'edges[2].port',
    );
    expectIssue(
      await post({ nodes, edges: edges.with(3, { source: 'sw', target: 's2', port: 'c' }) }),
      'edges[3].port',
    );
  });
});

describe.concurrent('all faults', () => {
  it('are told at once, each with its own path, and nothing is made', async () => {
    const slug = freshSlug();
    const answer = await post({
      slug,
      nodes: [
        hook,
        { id: 'a', type: 'set', config: { fields: {}, one: 1 } },
        { id: 'b', type: 'log', config: { message: 'x', two: 2 } },
      ],
      edges: [],
    });
    const paths = listAt(answer.json, 'issues').map((issue) => at(issue, 'path'));
    expect(paths).toEqual(expect.arrayContaining(['nodes[1].config.one', 'nodes[2].config.two']));
    expect((await host.v1('GET', `/v1/workflows/${slug}`)).status).toBe(404);
  });

  it('of a hostile document are refused without harm', async () => {
    const many = Array.from({ length: 1001 }, (_, n) => ({ ...say, id: `n${n}` }));
    expectIssue(await post({ nodes: [hook, ...many], edges: [] }), /^nodes/);
    const answer = await host.call('/v1/workflows', {
      headers: { authorization: 'Bearer tok-of-the-contract-tests', 'content-type': 'application/json' },
      body: `{"name":"p","slug":"${freshSlug()}","__proto__":{"admin":true},"nodes":[],"edges":[]}`,
    });
    expect(answer.status).toBe(422);
    expect((await host.call('/healthz')).status).toBe(200);
  });
});

describe.concurrent('what may be left out', () => {
  it('is: names, positions, slug, description, configs that need nothing', async () => {
    const answer = await host.v1('POST', '/v1/workflows?activate=true', {
      name: 'Bare minimum',
      nodes: [
        { id: 'go', type: 'manual' },
        { id: 'say', type: 'log', config: { message: 'hi' } },
      ],
      edges: [{ source: 'go', target: 'say' }],
    });
    expect(answer.status, answer.text).toBeLessThan(300);
    expect(at(answer.json, 'slug')).toMatch(/^bare-minimum/);
  });

  it('is the document of the contract, taken as it stands', async () => {
    const answer = await host.v1('POST', '/v1/workflows?activate=true', {
      name: 'Order intake two',
      slug: 'order-intake-two',
      description: '',
      nodes: [
        {
          id: 'hook',
          type: 'webhook',
          name: 'Order received',
          position: { x: 0, y: 0 },
          config: {
            style: 'flowtrux',
            auth: { scheme: 'hmac', secret: 's3cret' },
            response: { mode: 'lastNode', status: 201, headers: { 'X-Flow': 'orders' } },
          },
        },
        {
          id: 'total',
          type: 'transform',
          name: 'Total',
          config: { expression: '{"total": $sum(trigger.data.items.price)}' },
        },
      ],
      edges: [{ source: 'hook', target: 'total' }],
    });
    expect(answer.status, answer.text).toBeLessThan(300);
  });
});
