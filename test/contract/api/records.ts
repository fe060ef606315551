/** `/v1/entities` and their records (SPEC 2, 11). */
import { describe, expect, it } from 'vitest';
import { at, listAt, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectApiError, expectIssue } from '../support/expect-error.ts';
import type { Answer } from '../support/send.ts';

const host = hostForThisFile();
const records = (path = '', method = 'GET', body?: unknown, entity = 'InventoryModel'): Promise<Answer> =>
  host.v1(method, `/v1/entities/${entity}/records${path}`, body);

describe.concurrent('entities', () => {
  it('begin with InventoryModel', async () => {
    const { status, json } = await host.v1('GET', '/v1/entities');
    expect(status).toBe(200);
    expect(listAt(json, 'items').map((one) => at(one, 'name'))).toContain('InventoryModel');
  });

  it('are made with typed fields; a name is taken once', async () => {
    const fields = [
      { name: 'qty', type: 'number' },
      { name: 'due', type: 'date' },
    ];
    expect(await host.v1('POST', '/v1/entities', { name: 'Order', fields })).toMatchObject({
      status: 201,
      json: { name: 'Order', fields },
    });
    expectApiError(await host.v1('POST', '/v1/entities', { name: 'Order' }), 409, 'conflict');
  });

  it('refuse names and types there are not, with the path', async () => {
    expectIssue(await host.v1('POST', '/v1/entities', { name: '../x' }), 'name');
    const bad = { name: 'Bad', fields: [{ name: 'a', type: 'colour' }] };
    expectIssue(await host.v1('POST', '/v1/entities', bad), 'fields[0].type');
    expectIssue(await host.v1('POST', '/v1/entities', { name: 'Bad', nope: 1 }), 'nope');
  });
});

describe.concurrent('records', () => {
  it('are created with a cuid, read, changed and deleted', async () => {
    const made = await records('', 'POST', { name: 'Credit', status: 'new' });
    expect(made.status).toBe(201);
    const cuid = textAt(made.json, 'cuid');
    expect(cuid).toMatch(/^[\w-]{1,40}$/);
    expect((await records(`/${cuid}`)).json).toMatchObject({ cuid, data: { name: 'Credit', status: 'new' } });
    const changed = await records(`/${cuid}`, 'PATCH', { status: 'done' });
    expect(changed).toMatchObject({ status: 200, json: { cuid, data: { name: 'Credit', status: 'done' } } });
    expect([200, 204]).toContain((await records(`/${cuid}`, 'DELETE')).status);
    expectApiError(await records(`/${cuid}`), 404, 'not_found');
    expectApiError(await records(`/${cuid}`, 'PATCH', { status: 'x' }), 404, 'not_found');
    expectApiError(await records(`/${cuid}`, 'DELETE'), 404, 'not_found');
  });

  it('of an entity there is not are 404', async () => {
    expectApiError(await records('', 'GET', undefined, 'Nothing'), 404, 'not_found');
    expectApiError(await records('', 'POST', {}, 'Nothing'), 404, 'not_found');
  });

  it('of one entity are not found under another', async () => {
    await host.v1('POST', '/v1/entities', { name: 'Else' });
    const cuid = textAt((await records('', 'POST', { name: 'x' })).json, 'cuid');
    expectApiError(await records(`/${cuid}`, 'GET', undefined, 'Else'), 404, 'not_found');
  });

  it.each([
    ['qty', 'three'],
    ['paid', 'yes'],
    ['due', 'someday'],
    ['note', 7],
  ])('refuse a %s of the wrong type with its path', async (field, value) => {
    const fields = [
      { name: 'qty', type: 'number' },
      { name: 'paid', type: 'boolean' },
      { name: 'due', type: 'date' },
      { name: 'note', type: 'string' },
      { name: 'more', type: 'json' },
    ];
    await host.v1('POST', '/v1/entities', { name: `Typed_${field}`, fields });
    expectIssue(await records('', 'POST', { [field]: value }, `Typed_${field}`), field);
    const good = { qty: 3, paid: true, due: '2026-01-31', note: 'n', more: { any: [1] } };
    expect(await records('', 'POST', good, `Typed_${field}`)).toMatchObject({
      status: 201,
      json: { data: good },
    });
  });
});
