/** Worksheets through `/v1` of a real host: entities that change, the grid's queries, history, files in and out. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { importReportSchema, recordChangeSchema } from '../../../src/shared/contract/records.ts';
import { jobSchema } from '../../../src/shared/contract/jobs.ts';
import { entitySchema, pageOf, recordSchema, runSchema } from '../../../src/shared/contract/views.ts';
import { API_TOKEN, startHost } from '../../support/host.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';
import { callV1 } from '../../support/v1.ts';
import { useApiHost } from './api-host.ts';

const api = useApiHost();
const pageSchema = pageOf(recordSchema).extend({ count: z.number().optional() });
const history = pageOf(recordChangeSchema);

interface FieldInput {
  name: string;
  type: string;
  [rule: string]: unknown;
}
const makeEntity = (name: string, fields: FieldInput[]) =>
  api.ok(entitySchema, 'POST', '/entities', { name, fields }, 201);
const make = (name: string, data: object) =>
  api.ok(recordSchema, 'POST', `/entities/${name}/records`, data, 201);

describe('entities', () => {
  const fields = [
    { name: 'number', type: 'string', required: true, unique: true },
    { name: 'state', type: 'select', options: ['new', 'paid'], default: 'new' },
    { name: 'amount', type: 'number' },
    { name: 'Due date', type: 'date' },
  ];

  it('judge rows by their rules: required, defaults, choices, references, unique values', async () => {
    const made = await makeEntity('Order', fields);
    expect(made.fields).toEqual(fields);
    const order = await make('Order', { number: 'A-1', free: ['kept', { as: 'it is' }] });
    expect(order.data).toEqual({ number: 'A-1', state: 'new', free: ['kept', { as: 'it is' }] });
    const { issues } = await api.refused(422, 'invalid', 'POST', '/entities/Order/records', {
      state: 'lost',
      'Due date': '2026-02-30',
    });
    expect(issues).toEqual([
      { path: 'number', message: 'is required' },
      { path: 'state', message: 'must be one of new, paid' },
      { path: 'Due date', message: 'must be a date, such as 2026-03-23 or 2026-03-23T15:30:00Z' },
    ]);
    const twin = await api.refused(409, 'conflict', 'POST', '/entities/Order/records', { number: 'A-1' });
    expect(twin).toMatchObject({ field: 'number', cuid: order.cuid, issues: [{ path: 'number' }] });
    expect(twin.msg).toContain(order.cuid);
    await api.refused(422, 'invalid', 'PATCH', `/entities/Order/records/${order.cuid}`, { number: null });
    const other = await make('Order', { number: 'A-2' });
    const path = `/entities/Order/records/${other.cuid}`;
    expect(await api.refused(409, 'conflict', 'PATCH', path, { number: 'A-1' })).toMatchObject({
      cuid: order.cuid,
    });
    await makeEntity('Line', [{ name: 'order', type: 'reference', entity: 'Order' }]);
    await api.refused(422, 'invalid', 'POST', '/entities/Line/records', { order: 'rec_none' });
    await make('Line', { order: order.cuid });
    await api.refused(409, 'conflict', 'DELETE', '/entities/Order?force=true');
  });

  it.each([
    [{ name: 'a', type: 'select' }, 'fields[0].options'],
    [{ name: 'a', type: 'string', options: ['x'] }, 'fields[0].options'],
    [{ name: 'a', type: 'reference' }, 'fields[0].entity'],
    [{ name: 'a', type: 'reference', entity: 'Nowhere' }, 'fields[0].entity'],
    [{ name: 'a', type: 'json', unique: true }, 'fields[0].unique'],
    [{ name: 'a', type: 'number', default: 'x' }, 'fields[0].default'],
    [{ name: 'a', type: 'number', uniqe: true }, 'fields[0].uniqe'],
    [{ name: 'cuid', type: 'string' }, 'fields[0].name'],
    [{ name: 'a"b', type: 'string' }, 'fields[0].name'],
  ])('refuse the field %j with the path of the fault', async (field, path) => {
    const { issues } = await api.refused(422, 'invalid', 'POST', '/entities', {
      name: 'Bad',
      fields: [field],
    });
    expect(issues?.map((issue) => issue.path)).toContain(path);
  });

  it('change with their rows: fields are added, renamed, retyped and removed, or nothing is', async () => {
    await makeEntity('Item', [
      { name: 'title', type: 'string' },
      { name: 'qty', type: 'string' },
      { name: 'old', type: 'json' },
    ]);
    const one = await make('Item', { title: 'One', qty: '12', old: [1] });
    const two = await make('Item', { title: 'One', qty: 'many' });
    const patch = (body: object, query = '') => ['PATCH', `/entities/Item${query}`, body] as const;
    const qty = { name: 'count', was: 'qty', type: 'number' };
    const bad = await api.refused(
      422,
      'invalid',
      ...patch({ fields: [{ name: 'title', type: 'string' }, qty] }),
    );
    expect(bad.issues).toEqual([
      { path: 'fields[1].type', message: `must be a number; not so in 1 record: ${two.cuid}` },
    ]);
    await api.ok(recordSchema, 'PATCH', `/entities/Item/records/${two.cuid}`, { qty: '7' });
    const unique = { name: 'title', type: 'string', unique: true };
    expect(await api.refused(409, 'conflict', ...patch({ fields: [unique, qty] }))).toMatchObject({
      field: 'title',
    });
    const added = { name: 'place', type: 'string', required: true, default: 'here' };
    const wanted = { fields: [qty, { name: 'title', type: 'string' }, added] };
    expect(await api.refused(409, 'conflict', ...patch(wanted))).toMatchObject({ field: 'old', count: 1 });
    const changed = await api.ok(entitySchema, ...patch(wanted, '?force=true'));
    expect(changed.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'count number',
      'title string',
      'place string',
    ]);
    const row = await api.ok(recordSchema, 'GET', `/entities/Item/records/${one.cuid}`);
    expect(row.data).toEqual({ title: 'One', count: 12, place: 'here' });
    const filter = encodeURIComponent(JSON.stringify([{ field: 'count', op: 'gt', value: 10 }]));
    const found = await api.ok(pageSchema, 'GET', `/entities/Item/records?filter=${filter}`);
    expect(found.items.map(({ cuid }) => cuid)).toEqual([one.cuid]);
    const changes = await api.ok(history, 'GET', `/entities/Item/records/${one.cuid}/history`);
    expect(changes.items[0]).toMatchObject({
      change: 'update',
      before: { qty: '12', old: [1] },
      after: { count: 12, place: 'here' },
      by: { kind: 'entity' },
    });
    await api.refused(409, 'conflict', 'DELETE', '/entities/Item');
    await api.ok(z.object({ name: z.literal('Item') }), 'DELETE', '/entities/Item?force=true');
    await api.refused(404, 'not_found', 'GET', '/entities/Item');
    await api.refused(404, 'not_found', 'PATCH', '/entities/Item', { fields: [] });
    await api.refused(409, 'conflict', 'DELETE', '/entities/InventoryModel?force=true');
  });
});

describe('the grid', () => {
  const list = (query: Record<string, string>, entity = 'Grid') =>
    api.ok(pageSchema, 'GET', `/entities/${entity}/records?${new URLSearchParams(query).toString()}`);

  it('is filtered, sorted and paged by any field, with a count, stable while rows are added', async () => {
    await makeEntity('Grid', [
      { name: 'name', type: 'string' },
      { name: 'n', type: 'number' },
      { name: 'day', type: 'date' },
      { name: 'on', type: 'boolean' },
    ]);
    for (let n = 0; n < 25; n += 1) {
      const value = n % 5 === 4 ? {} : { n: n % 7 };
      const day = n === 0 ? '2026-01-01T00:30:00+02:00' : `2026-01-${String(n + 1).padStart(2, '0')}`;
      await make('Grid', {
        name: `Row ${n}`,
        day,
        on: n % 2 === 0,
        ...value,
        note: n === 3 ? '50%_"x"' : 'plain',
      });
    }
    const names = ({ items }: { items: { data: object }[] }) =>
      items.map(({ data }): unknown => Reflect.get(data, 'name'));
    const by = (...conditions: object[]) => ({ filter: JSON.stringify(conditions) });
    const counted = await list({ count: 'true', ...by({ field: 'n', op: 'gte', value: 5 }), limit: '2' });
    expect(counted).toMatchObject({ count: 5, items: [{ data: { n: 6 } }, { data: { n: 6 } }] });
    expect(names(await list(by({ field: 'day', op: 'lt', value: '2026-01-01' })))).toEqual(['Row 0']);
    expect(names(await list(by({ field: 'name', op: 'startsWith', value: 'row 2' })))).toHaveLength(6);
    expect(names(await list(by({ field: 'name', op: 'eq', value: 'row 2' })))).toEqual([]);
    expect(names(await list(by({ field: 'n', op: 'empty' })))).toHaveLength(5);
    const both = [
      { field: 'n', op: 'in', value: [1, 2] },
      { field: 'on', op: 'eq', value: true },
    ];
    expect(names(await list(by(...both)))).toEqual(['Row 22', 'Row 16', 'Row 8', 'Row 2']);
    expect(names(await list(by({ field: 'note', op: 'contains', value: '%_"X' })))).toEqual(['Row 3']);
    expect(names(await list({ q: '50%_"x' }))).toEqual(['Row 3']);
    expect(names(await list({ q: 'note' }))).toEqual([]);

    for (const sort of ['n', '-n', 'name', '-day', 'createdAt', '-updatedAt']) {
      const whole = names(await list({ sort, limit: '500' }));
      const seen: unknown[] = [];
      let cursor: string | null = '';
      for (let page = 0; cursor !== null; page += 1) {
        const got = await list({ sort, limit: '4', ...(cursor === '' ? {} : { cursor }) });
        seen.push(...names(got));
        cursor = got.nextCursor;
        if (page === 1) await make('Grid', { name: 'Added', n: -1, day: '2027-01-01' });
      }
      expect(
        seen.filter((name) => name !== 'Added'),
        sort,
      ).toEqual(whole.filter((name) => name !== 'Added'));
      expect(new Set(whole).size).toBeGreaterThan(24);
    }
    const ns = (await list({ sort: '-n', limit: '500' })).items.map(({ data }) => data['n']);
    expect(ns.slice(0, 4)).toEqual([6, 6, 6, 5]);
    expect(ns.at(-1)).toBeUndefined();
  });

  it.each([
    ['filter=nope', 'filter'],
    ['filter=[{"field":"n","op":"like"}]', 'filter[0].op'],
    ['filter=[{"field":"n","op":"eq","valeu":1}]', 'filter[0].valeu'],
    ['sort=nothing', 'sort'],
    ['sort=n&cursor=xx', 'cursor'],
    ['cursor=xx', 'cursor'],
  ])('refuses %s with its path', async (query, path) => {
    await callV1(api.host().receiver, 'POST', '/v1/entities', {
      name: 'Asked',
      fields: [{ name: 'n', type: 'number' }],
    });
    const { issues } = await api.refused(
      422,
      'invalid',
      'GET',
      `/entities/Asked/records?${encodeURI(query)}`,
    );
    expect(issues?.[0]?.path).toBe(path);
  });

  it('changes and deletes chosen rows, all or none, and tells who changed what', async () => {
    await makeEntity('Bulk', [{ name: 'n', type: 'number', unique: true }]);
    const rows = [await make('Bulk', { n: 1 }), await make('Bulk', { n: 2 }), await make('Bulk', { n: 3 })];
    const cuids = rows.map(({ cuid }) => cuid);
    const many = '/entities/Bulk/records/update-many';
    await api.refused(409, 'conflict', 'POST', many, { cuids, data: { n: 9 } });
    await api.refused(404, 'not_found', 'POST', many, { cuids: [...cuids, 'rec_none'], data: { note: 'x' } });
    const untouched = await list({}, 'Bulk');
    expect(untouched.items.map(({ data }) => data)).toEqual([{ n: 3 }, { n: 2 }, { n: 1 }]);
    await api.ok(z.object({ updated: z.literal(3) }), 'POST', many, { cuids, data: { note: 'x' } });
    await api.ok(z.object({ deleted: z.literal(2) }), 'POST', '/entities/Bulk/records/delete-many', {
      cuids: cuids.slice(0, 2),
    });
    const changes = await api.ok(history, 'GET', `/entities/Bulk/records/${cuids[0]}/history`);
    expect(changes.items.map(({ change, before, after, by }) => ({ change, before, after, by }))).toEqual([
      { change: 'delete', before: { n: 1, note: 'x' }, after: null, by: { kind: 'api' } },
      { change: 'update', before: {}, after: { note: 'x' }, by: { kind: 'api' } },
      { change: 'create', before: null, after: { n: 1 }, by: { kind: 'api' } },
    ]);
    await api.refused(404, 'not_found', 'GET', '/entities/Bulk/records/rec_none/history');
  });

  it('names the run and the step that changed a record', async () => {
    const target = await make('InventoryModel', { name: 'Model', status: 'new' });
    const config = { entity: 'InventoryModel', cuid: '{{target.cuid}}', data: { status: 'done' } };
    const workflow = await api.live({
      name: 'Marks records',
      nodes: [
        { id: 'go', type: 'api' },
        { id: 'mark', type: 'record.update', config },
      ],
      edges: [{ source: 'go', target: 'mark' }],
    });
    const run = await api.ok(runSchema, 'POST', `/workflows/${workflow.id}/runs`, {
      input: {},
      target: { entity: 'InventoryModel', cuid: target.cuid },
      wait: true,
    });
    expect(run).toMatchObject({ status: 'succeeded', output: { data: { name: 'Model', status: 'done' } } });
    const changes = await api.ok(history, 'GET', `/entities/InventoryModel/records/${target.cuid}/history`);
    expect(changes.items[0]).toMatchObject({
      before: { status: 'new' },
      after: { status: 'done' },
      by: { kind: 'run', runId: run.id, nodeId: 'mark' },
    });
  });
});

const resultSchema = z.object({
  report: importReportSchema,
  upload: z.string(),
  job: jobSchema.nullable(),
});

async function send(receiver: string, path: string, body: string | Uint8Array, type = 'text/csv') {
  const response = await fetch(`${receiver}/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${API_TOKEN}`, 'content-type': type },
    body: typeof body === 'string' ? body : Buffer.from(body),
  });
  const answer: unknown = await response.json();
  return { status: response.status, answer };
}

async function ended(receiver: string, id: string | undefined) {
  return until('the end of the job', async () => {
    const { body } = await callV1(receiver, 'GET', `/v1/jobs/${id ?? ''}`);
    const job = jobSchema.parse(body);
    return !['queued', 'running'].includes(job.state) && job;
  });
}

describe('files', () => {
  const importFile = async (path: string, body: string | Uint8Array, status = 202, type?: string) => {
    const { status: got, answer } = await send(api.host().receiver, path, body, type);
    expect(got, JSON.stringify(answer)).toBe(status);
    return answer;
  };
  const download = async (path: string) => {
    const response = await fetch(`${api.host().receiver}/v1${path}`, {
      headers: { authorization: `Bearer ${API_TOKEN}` },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="\w+-\w+\.(csv|json)"$/,
    );
    return response.text();
  };

  it('are looked at first, then imported; rows are known again by a key', async () => {
    await makeEntity('Part', [
      { name: 'no', type: 'string', required: true, unique: true },
      { name: 'qty', type: 'number' },
      { name: 'on', type: 'boolean' },
    ]);
    await make('Part', { no: 'P0', qty: 5 });
    const csv = 'No;qty;on;note\r\nP1;1,5;yes;"a\r\nb"\r\nP0;3;no;\r\n;4;;\r\nP1;x;;\r\n';
    const dry = resultSchema.parse(await importFile('/entities/Part/import?dryRun=true', csv, 200));
    expect(dry).toMatchObject({
      job: null,
      report: {
        rows: 4,
        good: 0,
        faulty: 4,
        columns: [
          { name: 'No', field: 'no' },
          { name: 'qty', field: 'qty' },
          { name: 'on', field: 'on' },
          { name: 'note', field: null },
        ],
      },
    });
    expect(dry.report.faults.map(({ line, path }) => `${line} ${path}`)).toEqual([
      '2 qty',
      '4 no',
      '5 no',
      '6 qty',
    ]);
    await importFile('/entities/Part/import', csv, 422);
    const good = csv.replace('1,5', '1.5');
    const upsert = '/entities/Part/import?mode=upsert&key=no';
    expect(await importFile(upsert, good, 422)).toMatchObject({
      issues: [
        { path: 'line 5: no', message: 'is the key and needs a value' },
        { path: 'line 6: qty', message: 'must be a number' },
      ],
    });
    const done = resultSchema.parse(await importFile(`${upsert}&skipFaulty=true`, good));
    expect(done.report).toMatchObject({ creates: 1, updates: 1, faulty: 2 });
    const job = await ended(api.host().receiver, done.job?.id);
    expect(job).toMatchObject({ kind: 'import', state: 'done', total: 4, succeeded: 2, failed: 2 });
    const { items } = await api.ok(pageSchema, 'GET', '/entities/Part/records?sort=no');
    expect(items.map(({ data }) => data)).toEqual([
      { no: 'P0', qty: 3, on: false },
      { no: 'P1', qty: 1.5, on: true, note: 'a\r\nb' },
    ]);
    const changes = await api.ok(history, 'GET', `/entities/Part/records/${items[1]?.cuid ?? ''}/history`);
    expect(changes.items[0]?.by).toEqual({ kind: 'import', jobId: done.job?.id });
    // The file was kept until its import had ended.
    await importFile(`${upsert}&upload=${done.upload}`, '', 404);
    const kept = await importFile(`${upsert}&upload=${dry.upload}&skipFaulty=true`, '');
    await ended(api.host().receiver, resultSchema.parse(kept).job?.id);
  });

  it('give back what was taken out: formulas, quotes, line ends, names and texts of any kind', async () => {
    const fields = [
      { name: 'text', type: 'string' },
      { name: 'n', type: 'number' },
      { name: 'any', type: 'json' },
    ];
    await makeEntity('Out', fields);
    const texts = [
      '=1+1',
      '+1',
      '-1',
      '@SUM(A1)',
      '\t=x',
      '\r=x',
      "'=x",
      "'",
      '"q", x',
      'a\r\nb',
      '＝1',
      ' x ',
      'é,ü;',
    ];
    for (const text of texts)
      await make('Out', { text, n: -2, any: { list: [text, null] }, 'free;name': text });
    const csv = await download('/entities/Out/export?format=csv');
    for (const line of csv.split('\r\n')) {
      for (const cell of line.split(',')) expect(cell).not.toMatch(/^"?[=+@\t]/);
    }
    const json = await download('/entities/Out/export?format=json');
    for (const [name, format, file] of [
      ['BackCsv', 'csv', csv],
      ['BackJson', 'json', json],
    ] as const) {
      await makeEntity(name, fields);
      // The ids are taken by the originals: the copies get their own.
      const copied = format === 'csv' ? file.replace(/^cuid,/, 'was,') : file.replaceAll('"cuid":', '"was":');
      const body =
        format === 'csv'
          ? copied
          : JSON.stringify(
              z
                .array(z.object({ data: z.unknown() }))
                .parse(JSON.parse(copied))
                .map(({ data }) => data),
            );
      const result = resultSchema.parse(await importFile(`/entities/${name}/import?format=${format}`, body));
      expect((await ended(api.host().receiver, result.job?.id)).failed).toBe(0);
      const { items } = await api.ok(pageSchema, 'GET', `/entities/${name}/records?sort=createdAt`);
      expect(items.map(({ data: { was: _was, ...data } }) => data)).toEqual(
        texts.map((text) => ({ text, n: -2, any: { list: [text, null] }, 'free;name': text })),
      );
    }
    for (const { cuid } of (await api.ok(pageSchema, 'GET', '/entities/Out/records')).items)
      await api.v1('DELETE', `/entities/Out/records/${cuid}`);
    const restored = resultSchema.parse(await importFile('/entities/Out/import?format=json', json));
    await ended(api.host().receiver, restored.job?.id);
    const strip = (text: string) => text.replaceAll(/"(?:created|updated)At":"[^"]*"/g, '');
    expect(strip(await download('/entities/Out/export?format=json'))).toBe(strip(json));
  });

  it.each([
    ['bad UTF-8', Buffer.from('a,b\n1,2\n3,\xff4\n', 'latin1'), 'csv', /Line 3: .*UTF-8/],
    ['an open quotation mark', Buffer.from('a,b\n1,"2\n3,4\n'), 'csv', /Line 2: /],
    ['no line of names', Buffer.from('\n\n'), 'csv', /no line of names/],
    ['the same name twice', Buffer.from('a,a\n1,2\n'), 'csv', /Column 2/],
    [
      '10,000 columns',
      Buffer.from(Array.from({ length: 10_000 }, (_, n) => `c${n}`).join(',')),
      'csv',
      /1000 columns/,
    ],
    ['JSON that breaks off', Buffer.from('[{"a":1},\n{"a":'), 'json', /Line 2: /],
    [
      'JSON nested 10,000 deep',
      Buffer.from(`[{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}]`),
      'json',
      /deeper/,
    ],
    ['a list of numbers', Buffer.from('[1,2]'), 'json', /Line 1: /],
  ])('with %s are refused, in words that lead there', async (_name, bytes, format, words) => {
    await callV1(api.host().receiver, 'POST', '/v1/entities', { name: 'Hostile' });
    const answer = await importFile(`/entities/Hostile/import?format=${format}`, bytes, 422);
    expect(z.object({ error: z.literal('invalid'), msg: z.string() }).parse(answer).msg).toMatch(words);
  });

  it('keep names that mean something elsewhere as data', async () => {
    await makeEntity('Odd', []);
    const csv = '__proto__,constructor,toString\npolluted,x,y\n';
    for (const [format, body] of [
      ['csv', csv],
      ['json', '[{"__proto__":{"polluted":1},"constructor":"x"}]'],
    ] as const) {
      const { job } = resultSchema.parse(await importFile(`/entities/Odd/import?format=${format}`, body));
      expect(await ended(api.host().receiver, job?.id)).toMatchObject({ state: 'done', failed: 0 });
    }
    expect(await download('/entities/Odd/export?format=json')).toContain('"data":{"__proto__":"polluted"');
    expect(await download('/entities/Odd/export?format=csv')).toMatch(
      /^cuid,__proto__,constructor,toString,/,
    );
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  it('over 50 MiB are refused', async () => {
    await makeEntity('Large', []);
    const answer = await importFile('/entities/Large/import', Buffer.alloc(52_428_801, 'a'), 413);
    expect(answer).toMatchObject({ error: 'payload_too_large' });
  });

  it('are cancelled between two rows', async () => {
    await makeEntity('Many', [{ name: 'n', type: 'number' }]);
    const csv = `n\n${Array.from({ length: 20_000 }, (_, n) => n).join('\n')}\n`;
    const { job } = resultSchema.parse(await importFile('/entities/Many/import', csv));
    await until('some rows', async () => (await api.ok(jobSchema, 'GET', `/jobs/${job?.id ?? ''}`)).done > 0);
    await api.ok(jobSchema, 'POST', `/jobs/${job?.id ?? ''}/cancel`);
    const end = await ended(api.host().receiver, job?.id);
    expect(end.state).toBe('cancelled');
    const left = await api.ok(entitySchema, 'GET', '/entities/Many');
    expect(left.count).toBe(end.done);
    expect(left.count).toBeLessThan(20_000);
  });

  it('are imported once, whenever the process is killed', async () => {
    using folder = makeTempDir();
    let host = await startHost({ folder: folder.path });
    await callV1(host.receiver, 'POST', '/v1/entities', {
      name: 'Row',
      fields: [{ name: 'n', type: 'number' }],
    });
    const rows = 6_000;
    const csv = `n,text\n${Array.from({ length: rows }, (_, n) => `${n},row ${n}`).join('\n')}\n`;
    const { answer } = await send(host.receiver, '/entities/Row/import', csv);
    const { job } = resultSchema.parse(answer);
    for (let kill = 1; kill <= 3; kill += 1) {
      const { receiver } = host;
      await until('some more rows', async () => {
        const { body } = await callV1(receiver, 'GET', `/v1/jobs/${job?.id ?? ''}`);
        return jobSchema.parse(body).done >= kill * 1_000;
      });
      await host.kill9();
      host = await startHost({ folder: folder.path });
    }
    expect(await ended(host.receiver, job?.id)).toMatchObject({ state: 'done', succeeded: rows, failed: 0 });
    const { body } = await callV1(host.receiver, 'GET', '/v1/entities/Row');
    expect(entitySchema.parse(body).count).toBe(rows);
    const { receiver } = host;
    const numbers = new Set<unknown>();
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body: page } = await callV1(
        receiver,
        'GET',
        `/v1/entities/Row/records?limit=500&sort=n&cursor=${cursor}`.replace(/&cursor=$/, ''),
      );
      const { items, nextCursor } = pageSchema.parse(page);
      for (const { data } of items) numbers.add(data['n']);
      cursor = nextCursor;
    }
    expect(numbers.size).toBe(rows);
    expect(await host.stop()).toBe(0);
  }, 60_000);
});
