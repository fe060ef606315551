/** What expressions name: steps that are not there or can not have run, names without a meaning, secrets. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDocument } from '../../../src/main/engine/check.ts';
import { checkReferences } from '../../../src/main/engine/check-references.ts';
import { checkSecrets, hostCalledBy } from '../../../src/main/engine/check-secrets.ts';
import { makeDocument } from './open-engine.ts';

const hook = { id: 'hook', type: 'webhook' };
const log = (id: string, message: string) => ({ id, type: 'log', config: { message } });
const told = (nodes: Parameters<typeof makeDocument>[0], edges: readonly string[]) => {
  const { issues, warnings } = checkReferences(makeDocument(nodes, edges));
  return {
    issues: issues.map(({ path, message }) => `${path}: ${message}`),
    warnings: warnings.map(({ path, message }) => `${path}: ${message}`),
  };
};

describe('references to steps', () => {
  it('are issues when there is no such step, with the place in the text', () => {
    const nodes = [hook, log('note', 'Sum {{ steps.totl.output }} and {{$sum(steps.Gone.output.lines)}}')];
    expect(told(nodes, ['hook>note'])).toEqual({
      issues: [
        'nodes[1].config.message: There is no step "totl" (at character 14).',
        'nodes[1].config.message: There is no step "Gone" (at character 46).',
      ],
      warnings: [],
    });
    expect(checkDocument(makeDocument(nodes, ['hook>note'])).map(({ path }) => path)).toEqual([
      'nodes[1].config.message',
      'nodes[1].config.message',
    ]);
  });

  it('are fine by id and by name, in quotes and backticks, when the step leads there', () => {
    const nodes = [
      hook,
      { id: 'a', type: 'set', name: 'Add up', config: { fields: {} } },
      log(
        'b',
        '{{steps.a.output}} {{steps.`Add up`.output}} {{steps."Add up".output}} {{steps.hook.output}}',
      ),
    ];
    expect(told(nodes, ['hook>a', 'a>b'])).toEqual({ issues: [], warnings: [] });
  });

  it('are warnings when the step stands behind, beside, or is the step itself', () => {
    const nodes = [
      hook,
      log('a', '{{steps.b.output}}'),
      log('b', '{{steps.b.output}}'),
      log('c', '{{steps.a.output}}'),
    ];
    const { issues, warnings } = told(nodes, ['hook>a', 'a>b', 'hook>c']);
    expect(issues).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(/^nodes\[1\].*"b" can not have run before/),
      expect.stringMatching(/^nodes\[2\].*"b" can not have run before/),
      expect.stringMatching(/^nodes\[3\].*"a" can not have run before/),
    ]);
  });

  it('warn of a name that two steps have, and not of one nobody uses', () => {
    const two = ['a', 'b'].map((id) => ({ id, type: 'set', name: 'Sum', config: { fields: {} } }));
    const edges = ['hook>a', 'a>b', 'b>c'];
    expect(told([hook, ...two, log('c', 'x')], edges).warnings).toEqual([]);
    expect(told([hook, ...two, log('c', '{{steps.Sum.output}}')], edges).warnings).toEqual([
      'nodes[3].config.message: 2 steps are named "Sum": the one that ran last counts; use its id (at character 9).',
    ]);
  });

  it('are not seen in texts, filters and code, nor guessed when all of the scope is read', () => {
    const nodes = [
      hook,
      log('a', 'steps.gone {{"steps.gone"}} {{trigger.data[steps.gone = 1]}} {{$$.steps.gone}} {{$keys($)}}'),
      { id: 'b', type: 'code', config: { code: 'return input.steps.gone' } },
    ];
    expect(told(nodes, ['hook>a', 'a>b'])).toEqual({ issues: [], warnings: [] });
  });

  it('are left alone where the expression itself is bad: that is told by its own check', () => {
    expect(told([hook, log('a', '{{steps.gone.( }} {{')], ['hook>a'])).toEqual({ issues: [], warnings: [] });
  });

  it('warn where nothing of a run is there yet, and of names nobody knows', () => {
    const early = {
      id: 'hook',
      type: 'webhook',
      config: {
        filter: 'steps.a.output = 1',
        response: { mode: 'custom', body: '{{run.id}} {{target.cuid}} {{nobody.x}}' },
      },
    };
    const { issues, warnings } = told([early, log('a', '{{item.x}} {{vars.y}}')], ['hook>a']);
    expect(issues).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(/^nodes\[0\]\.config\.filter: "steps" has no value while the request is judged/),
      expect.stringMatching(/^nodes\[0\]\.config\.response\.body: Nothing is named "nobody" here/),
      expect.stringMatching(/^nodes\[1\]\.config\.message: "item" has a value only inside a loop/),
    ]);
  });

  it('judge any text without throwing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        checkReferences(makeDocument([hook, log('a', `{{${text}}}`)], ['hook>a']));
      }),
      { numRuns: 300 },
    );
  });
});

describe('loops', () => {
  it('have an item inside and not behind, and show their steps to those of the same round only', () => {
    const loop = (id: string) => ({ id, type: 'loop', config: { items: 'trigger.data' } });
    const item = '{{item}} {{steps.loop.output.item}}';
    const nodes = [
      hook,
      loop('loop'),
      log('a', item),
      loop('inner'),
      log('b', `${item} {{steps.a.output}}`),
      log('end', '{{item}} {{steps.loop.output.count}} {{steps.a.output}}'),
    ];
    const edges = ['hook>loop', 'loop:each>a', 'a>inner', 'inner:each>b', 'inner:done>loop', 'loop:done>end'];
    const { issues, warnings } = told(nodes, edges);
    expect(issues).toEqual([]);
    expect(warnings).toEqual([
      expect.stringMatching(/^nodes\[5\].*"item" has a value only inside a loop/),
      expect.stringMatching(/^nodes\[5\].*"a" can not have run before/),
    ]);
  });
});

describe('named secrets', () => {
  const call = (config: Record<string, unknown>) =>
    makeDocument([hook, { id: 'call', type: 'http', config }], ['hook>call']);
  const known = (name: string) => (name === 'KEY' ? { hosts: ['api.example.com'] } : undefined);

  it('are issues when they are not there', () => {
    const document = call({ url: 'https://api.example.com', headers: { a: '{{secrets.GONE}}' } });
    expect(checkSecrets(document, known)).toEqual({
      issues: [
        {
          path: 'nodes[1].config.headers.a',
          nodeId: 'call',
          message: 'There is no secret "GONE": add it under Secrets.',
        },
      ],
      warnings: [],
    });
  });

  it('are warnings when the host called is not one of theirs; a host data decides is not judged', () => {
    const at = (url: string) => checkSecrets(call({ url, body: { k: '{{secrets.KEY}}' } }), known);
    expect(at('https://api.example.com/v1/{{trigger.data.id}}').warnings).toEqual([]);
    expect(at('https://{{trigger.data.host}}/').warnings).toEqual([]);
    expect(at('https://other.example.com/').warnings).toEqual([
      {
        path: 'nodes[1].config.body.k',
        nodeId: 'call',
        message: 'The secret "KEY" may not be sent to other.example.com:443; add the host to the secret.',
      },
    ]);
  });

  it('go to the host a URL begins with, whatever is hung onto it', () => {
    const host = (url: string) => hostCalledBy({ config: { url } });
    expect(host('http://a.test')).toBe('a.test:80');
    expect(host('HTTPS://A.test:8443/x?{{y}}')).toBe('a.test:8443');
    expect(host('https://a.test{{trigger.data.tail}}/')).toBeUndefined();
    expect(host('ftp://a.test')).toBeUndefined();
    expect(host('{{secrets.URL}}')).toBeUndefined();
  });
});
