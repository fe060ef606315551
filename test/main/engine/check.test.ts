/** The judge of documents: every fault is told with its path, and drafts may be unfinished. */
import { describe, expect, it } from 'vitest';
import { checkDocument, checkSavable } from '../../../src/main/engine/check.ts';
import { findCircle } from '../../../src/main/engine/check-graph.ts';
import type { WorkflowDocument } from '../../../src/shared/model/document.ts';
import { makeDocument } from './open-engine.ts';

const paths = (document: WorkflowDocument) => checkDocument(document).map((issue) => issue.path);
const hook = { id: 'hook', type: 'webhook' };
const pathsWith = (type: string, config: Record<string, unknown>) =>
  paths(makeDocument([hook, { id: 'step', type, config }], ['hook>step']));

describe('checkDocument', () => {
  it('finds nothing wrong with the sample of SPEC 8', () => {
    const document = makeDocument(
      [
        {
          id: 'hook',
          type: 'webhook',
          config: {
            style: 'flowtrux',
            auth: { scheme: 'hmac', secret: 's3cret' },
            response: { mode: 'lastNode', status: 201, headers: { 'X-Flow': 'orders' } },
          },
        },
        {
          id: 'total',
          type: 'transform',
          config: { expression: '{"total": $sum(trigger.data.items.price)}' },
        },
      ],
      ['hook>total'],
    );
    expect(checkDocument(document)).toEqual([]);
  });

  it('names the path, the step and the reason', () => {
    const [issue] = checkDocument(
      makeDocument([hook, { id: 'sum', type: 'transform', config: { expression: '$sum(' } }], ['hook>sum']),
    );
    expect(issue).toEqual({
      path: 'nodes[1].config.expression',
      nodeId: 'sum',
      message: expect.stringMatching(/at character \d+/),
    });
  });

  it('refuses unknown types, doubled ids, unknown settings and edges to nowhere even in drafts', () => {
    const document = makeDocument(
      [
        hook,
        { id: 'hook', type: 'set', config: { fields: {} } },
        { id: 'odd', type: 'teleport' },
        { id: 'call', type: 'http', config: { url: 'https://x.test', speed: 3 } },
      ],
      ['hook>gone', 'lost>call'],
    );
    expect(checkSavable(document).map((issue) => issue.path)).toEqual([
      'nodes[1].id',
      'nodes[2].type',
      'nodes[3].config.speed',
      'edges[0].target',
      'edges[1].source',
    ]);
  });

  it('lets drafts be saved that are unfinished, and refuses to commit them', () => {
    const document = makeDocument(
      [
        { id: 'call', type: 'http' },
        { id: 'sum', type: 'transform', config: { expression: '' } },
      ],
      [],
    );
    expect(checkSavable(document)).toEqual([]);
    expect(paths(document)).toEqual([
      'nodes[0].config.url',
      'nodes[1].config.expression',
      'nodes',
      'nodes[0]',
      'nodes[1]',
    ]);
  });

  it('finds wrong values of settings and policies', () => {
    expect(pathsWith('http', { url: 'https://x.test', method: 'STEAL', retry: { attempts: 0 } })).toEqual([
      'nodes[1].config.retry.attempts',
      'nodes[1].config.method',
    ]);
    expect(
      pathsWith('http', { url: 'https://x.test', headers: { 'bad name': 'x' }, auth: { scheme: 'header' } }),
    ).toEqual(['nodes[1].config.headers.bad name', 'nodes[1].config.auth.name']);
    expect(pathsWith('delay', {})).toEqual(['nodes[1].config.seconds']);
    expect(pathsWith('delay', { seconds: 1, until: '2030-01-01' })).toEqual(['nodes[1].config.until']);
    expect(pathsWith('delay', { seconds: '{{params.wait}}' })).toEqual([]);
    expect(pathsWith('delay', { seconds: 'soon' })).toEqual(['nodes[1].config.seconds']);
    expect(pathsWith('switch', { expression: 'a', cases: ['x', 'x', 'default'] })).toEqual([
      'nodes[1].config.cases[1]',
      'nodes[1].config.cases[2]',
    ]);
    expect(pathsWith('switch', { expression: 'a', cases: [1, '1', { value: 2 }] })).toEqual([
      'nodes[1].config.cases[2]',
    ]);
    expect(pathsWith('switch', { expression: 'a', cases: [1, '1', true] })).toEqual([
      'nodes[1].config.cases[1]',
    ]);
    expect(pathsWith('transform', { expression: 'a', onError: 'port' })).toEqual(['nodes[1].config.onError']);
  });

  it('finds wrong settings of endpoints', () => {
    const hookPaths = (config: Record<string, unknown>) =>
      paths(makeDocument([{ id: 'hook', type: 'webhook', config }], []));
    expect(hookPaths({ auth: { scheme: 'palmReading' } })).toEqual(['nodes[0].config.auth.scheme']);
    expect(hookPaths({ response: { mode: 'respond' } })).toEqual([]);
    expect(hookPaths({ response: { mode: 'specificNode', nodeId: 'gone' } })).toEqual([
      'nodes[0].config.response.nodeId',
    ]);
    expect(hookPaths({ onMatch: 'resume' })).toEqual(['nodes[0].config.onMatch']);
    expect(hookPaths({ filter: '$sum(', response: { mode: 'custom', body: '{{ open' } })).toEqual([
      'nodes[0].config.filter',
      'nodes[0].config.response.body',
    ]);
    expect(
      paths(
        makeDocument(
          [
            { id: 'a', type: 'webhook', config: { slug: 'x' } },
            { id: 'b', type: 'webhook', config: { slug: 'x' } },
          ],
          [],
        ),
      ),
    ).toEqual(['nodes[1].config.slug']);
  });

  it('finds bad outlets, doubled edges, circles and steps nothing leads to', () => {
    const condition = { id: 'if', type: 'condition', config: { expression: 'a' } };
    const log = { id: 'log', type: 'log', config: { message: 'x' } };
    expect(paths(makeDocument([hook, condition, log], ['hook>if', 'if:maybe>log']))).toEqual([
      'edges[1].port',
    ]);
    expect(paths(makeDocument([hook, condition, log], ['hook>if', 'if>log']))).toEqual(['edges[1]']);
    expect(paths(makeDocument([hook, log], ['hook>log', 'hook:out>log']))).toEqual(['edges[1]']);
    expect(paths(makeDocument([hook, log, { ...log, id: 'b' }], ['hook>log', 'log>b', 'b>log']))).toEqual([
      'edges[2]',
    ]);
    expect(paths(makeDocument([hook, { id: 'fail', type: 'fail' }, log], ['hook>fail', 'fail>log']))).toEqual(
      ['edges[1]'],
    );
    expect(paths(makeDocument([hook, log, { ...log, id: 'b' }], ['log>b']))).toEqual([
      'nodes[1]',
      'nodes[2]',
    ]);
    expect(paths(makeDocument([hook, { id: 'm', type: 'manual' }], ['hook>m']))).toEqual(['nodes[1]']);
    const wait = { id: 'wait', type: 'webhook', config: { waitWhenReached: true, timeoutSeconds: 5 } };
    expect(paths(makeDocument([hook, wait, log], ['hook>wait', 'wait:timeout>log']))).toEqual([]);
    expect(
      paths(makeDocument([hook, { ...wait, config: {} }, log], ['hook>wait', 'wait:timeout>log'])),
    ).toEqual(['edges[1].port']);
  });

  it('lets steps lead back to the loop around them and forms no other circle', () => {
    const loop = (id: string) => ({ id, type: 'loop', config: { items: '[1]' } });
    const log = (id: string) => ({ id, type: 'log', config: { message: 'x' } });
    const nodes = [hook, loop('outer'), loop('inner'), log('a'), log('b')];
    const nested = ['hook>outer', 'outer:each>inner', 'inner:each>a', 'outer:done>b'];
    expect(paths(makeDocument(nodes, nested))).toEqual([]);
    expect(paths(makeDocument(nodes, [...nested, 'a>inner', 'inner:done>outer']))).toEqual([]);
    expect(paths(makeDocument(nodes, [...nested, 'a>outer']))).toEqual([]);
    const circle = checkDocument(makeDocument(nodes, [...nested, 'b>outer']));
    expect(circle).toMatchObject([
      { path: 'edges[4]', message: 'Steps may not form a circle: outer → b → outer.', nodeId: 'outer' },
    ]);
    expect(paths(makeDocument([hook, loop('outer'), log('a')], ['hook>outer', 'outer:done>a']))).toEqual([
      'nodes[1]',
    ]);
  });

  it('refuses a step that is inside a loop and outside of it', () => {
    const nodes = [
      hook,
      { id: 'loop', type: 'loop', name: 'Lines', config: { items: '[1]' } },
      { id: 'a', type: 'log', config: { message: 'x' } },
      { id: 'end', type: 'log', name: 'End', config: { message: 'x' } },
    ];
    const edges = ['hook>loop', 'loop:each>a', 'loop:done>end', 'a>end'];
    expect(checkDocument(makeDocument(nodes, edges))).toMatchObject([
      {
        path: 'edges[2]',
        message: expect.stringContaining('"End" is inside the loop "Lines"'),
        nodeId: 'end',
      },
    ]);
    expect(paths(makeDocument(nodes, ['hook>loop', 'loop:each>a', 'loop:done>end', 'hook>a']))).toEqual([
      'edges[3]',
    ]);
  });

  it('allows secrets only alone, and only where something is sent', () => {
    expect(
      pathsWith('http', { url: 'https://x.test/{{secrets.KEY}}', body: { k: '{{ secrets.KEY }}' } }),
    ).toEqual([]);
    expect(
      pathsWith('http', { url: 'https://x.test', headers: { a: '{{"Bearer " & secrets.KEY}}' } }),
    ).toEqual(['nodes[1].config.headers.a']);
    expect(pathsWith('log', { message: '{{secrets.KEY}}' })).toEqual(['nodes[1].config.message']);
    expect(pathsWith('transform', { expression: 'secrets.KEY' })).toEqual(['nodes[1].config.expression']);
  });

  it('finds circles in long chains without running out of stack', () => {
    const chain = new Map(Array.from({ length: 100_000 }, (_, index) => [`n${index}`, [`n${index + 1}`]]));
    expect(findCircle(chain)).toBe(undefined);
    chain.set('n100000', ['n99998']);
    expect(findCircle(chain)).toEqual(['n99998', 'n99999', 'n100000']);
  });
});
