/** The scope of SPEC 7, hostile names included. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { correlationText } from '../../../src/main/engine/correlation.ts';
import { queryOf, requestScope, stepsScope, webhookOutput } from '../../../src/main/engine/scope.ts';

const raw = {
  method: 'POST',
  url: '/hooks/x?source=crm&tag=a&tag=b',
  headers: [
    ['X-One', '1'],
    ['x-one', '2'],
    ['Content-Type', 'application/json'],
  ] as const,
  receivedAt: Date.UTC(2026, 2, 23, 15, 30),
};

describe('the scope of a request', () => {
  it('gives payload, query, headers, method and time under their names', () => {
    const scope = requestScope({ raw, payload: { a: 1 }, params: { p: 2 } });
    expect(scope).toEqual({
      trigger: {
        data: { a: 1, _query: { source: 'crm', tag: ['a', 'b'] } },
        payload: { a: 1 },
        query: { source: 'crm', tag: ['a', 'b'] },
        headers: { 'x-one': '1, 2', 'content-type': 'application/json' },
        method: 'POST',
        dateTime: '2026-03-23T15:30:00.000Z',
      },
      webhookData: {
        dateTime: '2026-03-23T15:30:00.000Z',
        payload: { a: 1 },
        headers: { 'X-One': '1', 'x-one': '2', 'Content-Type': 'application/json' },
      },
      params: { p: 2 },
    });
  });

  it('leaves an own _query, lists and plain values alone', () => {
    const dataOf = (payload: unknown) => requestScope({ raw, payload, params: {} }).trigger.data;
    expect(dataOf({ _query: 5 })).toEqual({ _query: 5 });
    expect(dataOf([1])).toEqual([1]);
    expect(dataOf('text')).toBe('text');
    expect(dataOf(null)).toBe(null);
  });

  it('keeps __proto__ as data wherever it stands', () => {
    const payload: unknown = JSON.parse('{"__proto__": {"polluted": true}, "constructor": {"prototype": 1}}');
    const hostile = { ...raw, url: '/x?__proto__=1&__proto__=2', headers: [['__proto__', 'h']] as const };
    const scope = requestScope({ raw: hostile, payload, params: JSON.parse('{"__proto__": 1}') });
    const own = (value: unknown) => Object.getOwnPropertyDescriptor(value, '__proto__')?.value;
    expect(own(scope.trigger.data)).toEqual({ polluted: true });
    expect(own(scope.trigger.query)).toEqual(['1', '2']);
    expect(own(scope.trigger.headers)).toBe('h');
    expect(own(scope.webhookData.headers)).toBe('h');
    const steps = stepsScope([{ nodeId: '__proto__', name: 'constructor', output: 1 }]);
    expect(own(steps)).toEqual({ output: 1 });
    expect('polluted' in {}).toBe(false);
    expect(JSON.parse(JSON.stringify(webhookOutput({ raw: hostile, payload, params: {} })))).toMatchObject({
      method: 'POST',
    });
  });

  it('reads any query as what URLSearchParams reads', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.string())), (pairs) => {
        const search = new URLSearchParams(pairs.map(([name, value]): [string, string] => [name, value]));
        const query = queryOf(`/x?${search.toString()}`);
        for (const [name] of pairs) {
          const all = search.getAll(name);
          expect(Object.getOwnPropertyDescriptor(query, name)?.value).toEqual(
            all.length === 1 ? all[0] : all,
          );
        }
        expect(Object.keys(query).length).toBe(new Set(pairs.map(([name]) => name)).size);
      }),
    );
  });

  it('finds step outputs by id and by name, ids first, the latest arrival of several', () => {
    expect(
      stepsScope([
        { nodeId: 'a', name: 'b', output: 1 },
        { nodeId: 'b', name: 'Total', output: 2 },
        { nodeId: 'a', name: 'b', output: 3 },
        { nodeId: 'c', name: 'c', output: undefined, error: { code: 'x' } },
      ]),
    ).toEqual({ a: { output: 3 }, b: { output: 2 }, Total: { output: 2 }, c: { error: { code: 'x' } } });
  });
});

describe('correlation values', () => {
  it('meet when they are equal, whatever the order of keys, and numbers meet their text', () => {
    expect(correlationText({ b: [1, { d: 2, c: 3 }], a: null })).toBe(
      correlationText({ a: null, b: [1, { c: 3, d: 2 }] }),
    );
    expect(correlationText(17)).toBe(correlationText('17'));
    expect(correlationText(true)).toBe('true');
    expect(correlationText([1, 2])).not.toBe(correlationText([2, 1]));
    expect([undefined, null, ''].map(correlationText)).toEqual([null, null, null]);
  });
});
