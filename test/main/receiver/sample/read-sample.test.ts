import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { credentialNames } from '../../../../src/main/base/credentials.ts';
import type { Parameter } from '../../../../src/shared/model/endpoint.ts';
import { evaluatePlainPath, parsePlainPath } from '../../../../src/shared/expression/plain-path.ts';
import { checkExpression } from '../../../../src/shared/expression/parse-expression.ts';
import { readTyped } from '../../../../src/main/receiver/gate/typed-value.ts';
import { countDrift, driftBetween } from '../../../../src/main/receiver/sample/drift.ts';
import { keepMarks } from '../../../../src/main/receiver/sample/keep-marks.ts';
import {
  readSample,
  readSampleShape,
  type SampleContent,
} from '../../../../src/main/receiver/sample/read-sample.ts';
import { sampleRules } from '../../../../src/main/receiver/sample/meaningful.ts';
import { styleOf } from '../../../../src/main/styles/registry.ts';

const rules = sampleRules(styleOf('native'), {}, credentialNames(['x-shop-key'], ['flowxApiKey']));

function content(over: Partial<SampleContent>): SampleContent {
  return { payload: null, isTyped: true, query: [], headers: [], ...over };
}
const withoutExample = (parameters: readonly Parameter[]) =>
  parameters.map((one) => Object.fromEntries(Object.entries(one).filter(([name]) => name !== 'example')));
const parse = (over: Partial<SampleContent>) => readSample(content(over), rules);
const driftOf = (was: Partial<SampleContent>, is: Partial<SampleContent>) =>
  driftBetween(parse(was).shape, readSampleShape(content(is), rules));

/** Keys as senders write them, odd ones among them. */
const key = fc.oneof(
  fc.constantFrom(
    'a',
    'order',
    'and',
    'Order No.',
    'x`y',
    '',
    '0',
    '__proto__',
    'constructor',
    'größe',
    '$',
    'a.b',
    'tags[]',
  ),
  fc.string({ maxLength: 12 }),
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(null, true, 0, -1.5, 'text', '', '2026-03-23', '2026-03-23T15:30:00Z'),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(key, tie('value')), { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
  ),
})).value;

/** What a path finds in a payload, by the receiver's own rule for plain paths. */
function find(payload: unknown, path: string): { readonly value: unknown } | undefined {
  const rooted = /^\$(?=$|[.[])/.test(path) ? path.replace('$', () => '`$`') : `\`$\`.${path}`;
  const plain = parsePlainPath(rooted);
  return plain && { value: evaluatePlainPath(plain, { $: payload }) };
}

describe('a sample', () => {
  it('gives every field of a nested body a name to write, a path that finds it, and its type', () => {
    const { parameters } = parse({
      payload: {
        id: 'A1',
        'order-no': 7,
        customer: { name: 'Ada', since: '2026-03-23', address: { city: 'Bern' } },
        paid: true,
        nothing: null,
        lines: [{ sku: 'x', qty: 2 }],
        tags: ['a'],
      },
    });
    expect(parameters.map(({ name, path, type }) => [name, path, type])).toEqual([
      ['id', 'id', 'string'],
      ['order_no', '`order-no`', 'number'],
      ['customer', 'customer', 'object'],
      ['customer_name', 'customer.name', 'string'],
      ['customer_since', 'customer.since', 'date'],
      ['customer_address', 'customer.address', 'object'],
      ['customer_address_city', 'customer.address.city', 'string'],
      ['paid', 'paid', 'boolean'],
      ['lines', 'lines', 'array'],
      ['lines_0_sku', 'lines[0].sku', 'string'],
      ['lines_0_qty', 'lines[0].qty', 'number'],
      ['tags', 'tags', 'array'],
    ]);
    expect(parameters.every((one) => one.in === 'body' && !one.required)).toBe(true);
    expect(parameters.find((one) => one.name === 'lines_0_qty')?.example).toBe(2);
  });

  it('has the query and the headers that mean something, and nothing that opens a door', () => {
    const { parameters } = parse({
      query: [
        ['source', 'crm'],
        ['tag', 'a'],
        ['tag', 'b'],
        ['flowxApiKey', 'hidden'],
        ['since', '2026-03-23'],
        ['access_token', 'hidden'],
      ],
      headers: [
        ['Host', 'here'],
        ['Content-Type', 'application/json'],
        ['User-Agent', 'sender'],
        ['Authorization', 'Bearer hidden'],
        ['Cookie', 'hidden'],
        ['X-Shop-Key', 'hidden'],
        ['X-Api-Secret', 'hidden'],
        ['X-Hub-Signature-256', 'hidden'],
        ['X-GitHub-Delivery', 'hidden'],
        ['X-GitHub-Event', 'push'],
      ],
      payload: { name: 'Ada', password: 'hidden', card: { number: 1, cardNumber: 'hidden', cvv: 'hidden' } },
    });
    expect(withoutExample(parameters.filter((one) => one.in !== 'body'))).toEqual([
      { name: 'source', in: 'query', path: 'source', type: 'string', required: false },
      { name: 'tag', in: 'query', path: 'tag', type: 'array', required: false },
      { name: 'since', in: 'query', path: 'since', type: 'date', required: false },
      { name: 'access_token', in: 'query', path: 'access_token', type: 'string', required: false },
      { name: 'x_github_event', in: 'header', path: 'x-github-event', type: 'string', required: false },
    ]);
    expect(JSON.stringify(parameters)).not.toContain('hidden');
  });

  it('knows what belongs to the style and to app authorization', () => {
    const ofStyle = (style: 'validmind' | 'hap', auth?: { scheme: string }) =>
      sampleRules(styleOf(style), auth === undefined ? {} : { auth }, credentialNames([], []));
    const payload = {
      action: 'run_workflow',
      target: 'c',
      entity_name: 'InventoryModel',
      note: 'x',
      Sign: 's',
    };
    const names = (found: ReturnType<typeof readSample>) => found.parameters.map((one) => one.name);
    expect(names(readSample(content({ payload }), ofStyle('validmind')))).toEqual(['note', 'Sign']);
    expect(names(readSample(content({ payload }), ofStyle('hap', { scheme: 'appSign' })))).toEqual([
      'action',
      'target',
      'entity_name',
      'note',
    ]);
  });

  it('of a form has texts, lists and files', () => {
    const file = { filename: 'a.pdf', contentType: 'application/pdf', size: 3, base64: 'AP8B' };
    const { parameters } = parse({
      isTyped: false,
      payload: { title: 'x', n: '12', when: '2026-03-23', tag: ['a', 'b'], 'c[d]': '1', file },
    });
    expect(parameters.map(({ name, path, type }) => [name, path, type])).toEqual([
      ['title', 'title', 'string'],
      ['n', 'n', 'string'],
      ['when', 'when', 'date'],
      ['tag', 'tag', 'array'],
      ['c_d', '`c[d]`', 'string'],
      ['file', 'file', 'object'],
    ]);
  });

  it('of a list or a plain value is found at $', () => {
    expect(
      parse({ payload: [{ sku: 'a' }] }).parameters.map(({ name, path, type }) => [name, path, type]),
    ).toEqual([
      ['body', '$', 'array'],
      ['_0_sku', '$[0].sku', 'string'],
    ]);
    expect(parse({ payload: 'text', isTyped: false }).parameters).toMatchObject([
      { name: 'body', path: '$' },
    ]);
  });

  it('keeps the outermost fields of a huge body', () => {
    const inside = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`k${index}`, index]));
    const { parameters } = parse({ payload: { first: inside, last: 1 } });
    expect(parameters).toHaveLength(200);
    expect(parameters.map((one) => one.path)).toContain('last');
  });

  it('is parsed so that every parameter is found again in the same request, in its type, under its own name', () => {
    fc.assert(
      fc.property(json, (payload) => {
        const { parameters } = parse({ payload });
        expect(new Set(parameters.map((one) => one.name))).toHaveLength(parameters.length);
        for (const { name, path = '', type, example } of parameters) {
          expect(name).toMatch(/^[\p{L}_][\p{L}\p{N}_]*$/u);
          expect(checkExpression(path), path).toMatchObject({ ok: true });
          const found = find(payload, path);
          // A key no quotes can hold is looked up by an expression.
          if (found === undefined) expect(path).toContain('$lookup(');
          else {
            const typed = readTyped(found.value, type, false);
            expect(typed, `${path} ${type}`).toEqual({ value: found.value });
            if (example !== undefined && typeof example !== 'string') expect(found.value).toEqual(example);
          }
        }
      }),
    );
  });
});

describe('drift', () => {
  it('names what is new, missing and of another type, the outermost only', () => {
    const was = {
      id: 'a',
      total: 1,
      due: '2026-03-23',
      customer: { name: 'Ada', mail: 'a@b.ch' },
      lines: [{ sku: 'x', qty: 1 }],
      gone: { a: 1, b: 2 },
    };
    const is = {
      id: 7,
      total: 1,
      due: 'soon',
      customer: { name: 'Ada', phone: { home: '1' } },
      lines: [
        { sku: 'x', qty: '1' },
        { sku: 'y', qty: 2, note: 'n' },
      ],
      more: [1],
    };
    expect(
      driftOf({ payload: was, query: [['source', 'a']] }, { payload: is, query: [['page', '1']] }),
    ).toEqual({
      new: ['customer.phone', 'lines[].note', 'more', '?page'],
      missing: ['customer.mail', 'gone', '?source'],
      retyped: [
        { path: 'id', was: 'string', is: 'number' },
        { path: 'due', was: 'date', is: 'string' },
        { path: 'lines[].qty', was: 'number', is: 'string | number' },
      ],
    });
    expect(driftOf({ payload: {} }, { payload: [] }).retyped).toEqual([
      { path: '$', was: 'object', is: 'array' },
    ]);
  });

  it('says nothing where nothing is to be seen', () => {
    const wide = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`k${index}`, index]));
    for (const [was, is] of [
      [{ a: null }, { a: 1 }],
      [{ a: 1 }, { a: null }],
      [{ a: [] }, { a: [{ b: 1 }] }],
      [{ a: [{ b: 1 }] }, { a: [] }],
      [{ a: 'x' }, { a: '2026-03-23' }],
      [{ map: wide }, { map: { other: 1 } }],
      [{ a: [{ b: 1 }, { c: 1 }] }, { a: [{ b: 1 }, { b: 1, c: 2 }] }],
    ])
      expect(countDrift(driftOf({ payload: was }, { payload: is }))).toBe(0);
  });

  it('is none for the very request the sample was made of, and counts a field more or less', () => {
    fc.assert(
      fc.property(
        json,
        fc.array(fc.tuple(key, fc.string({ maxLength: 5 })), { maxLength: 4 }),
        (payload, query) => {
          expect(driftOf({ payload, query }, { payload, query })).toEqual({
            new: [],
            missing: [],
            retyped: [],
          });
          const wider = { payload: { it: payload, more: 1 }, query };
          expect(driftOf({ payload: { it: payload }, query }, wider).new).toEqual(['more']);
          expect(driftOf(wider, { payload: { it: payload }, query }).missing).toEqual(['more']);
        },
      ),
    );
  });
});

describe('a new sample', () => {
  it('keeps names, descriptions and required marks of the fields that are still there', () => {
    const fresh = parse({ payload: { id: 'a', total: 1, orderId: 2 } }).parameters;
    const before = [
      { name: 'orderId', in: 'body', path: 'id', type: 'number', required: true, description: 'The order' },
      { name: 'gone', in: 'body', path: 'gone', type: 'string', required: true },
    ] as const;
    expect(withoutExample(keepMarks(fresh, before, true))).toEqual([
      { name: 'orderId', in: 'body', path: 'id', type: 'string', required: true, description: 'The order' },
      { name: 'total', in: 'body', path: 'total', type: 'number', required: false },
      { name: 'orderId_2', in: 'body', path: 'orderId', type: 'number', required: false },
    ]);
    expect(keepMarks(fresh, before, false)[0]?.type).toBe('number');
  });
});
