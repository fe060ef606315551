/** `/v1/workflows`: documents in and out, versions, what is live (SPEC 2, 8, 11). */
import { describe, expect, it } from 'vitest';
import { at, listAt, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { expectAccepted, expectApiError, expectError, expectIssue } from '../support/expect-error.ts';
import type { Answer } from '../support/send.ts';
import { asMade, freshSlug, makeHook, outputOf, runIn } from '../support/workflows.ts';

const host = hostForThisFile();
const hook = { id: 'hook', type: 'webhook', config: { style: 'native', auth: { scheme: 'none' } } };
const says = (word: string): Record<string, unknown> => ({
  id: 'say',
  type: 'set',
  name: 'Say',
  config: { fields: { word } },
});
const document = (word: string, more: Record<string, unknown> = {}): Record<string, unknown> => {
  const slug = freshSlug('doc');
  return {
    name: `Document ${slug}`,
    slug,
    description: 'd',
    nodes: [hook, says(word)],
    edges: [{ source: 'hook', target: 'say' }],
    ...more,
  };
};
const post = (path: string, body?: unknown): Promise<Answer> =>
  host.v1('POST', `/v1/workflows${path}`, body ?? {});
const get = (path: string): Promise<Answer> => host.v1('GET', `/v1/workflows${path}`);

async function outputAt(url: string): Promise<unknown> {
  return outputOf(host, expectAccepted(await host.call(url, { json: {} })));
}

describe.concurrent('a document', () => {
  it('comes back as it was given, with id, state and endpoints', async () => {
    const given = document('a');
    const made = await post('', given);
    expect([200, 201]).toContain(made.status);
    const id = textAt(made.json, 'id');
    const read = await get(`/${id}`);
    expect(read).toMatchObject({
      status: 200,
      json: {
        id,
        name: given['name'],
        slug: given['slug'],
        description: 'd',
        enabled: false,
        activeVersion: null,
        edges: [{ source: 'hook', target: 'say' }],
        endpoints: [
          {
            nodeId: 'hook',
            id: expect.stringMatching(/^[\w-]{1,40}$/),
            url: expect.any(String),
            style: 'native',
            state: expect.stringMatching(/^deactivated$/i),
          },
        ],
      },
    });
    expect(at(read.json, 'nodes.1.config')).toEqual({ fields: { word: 'a' } });
  });

  it('is found by its slug as well as its id', async () => {
    const given = document('a');
    const made = await post('', given);
    expect((await get(`/${String(given['slug'])}`)).json).toEqual(
      (await get(`/${textAt(made.json, 'id')}`)).json,
    );
  });

  it('may be sent back as it was read', async () => {
    const made = await post('?activate=true', document('a'));
    const id = textAt(made.json, 'id');
    const read = await get(`/${id}`);
    const again = await host.v1('PUT', `/v1/workflows/${id}`, read.json);
    expect(again.status, again.text).toBe(200);
    expect(at(again.json, 'nodes')).toEqual(at(read.json, 'nodes'));
  });

  it('without a name or with a slug that is none is 422 with the path', async () => {
    expectIssue(await post('', { ...document('a'), name: undefined }), 'name');
    expectIssue(await post('', { ...document('a'), slug: 'Not A Slug' }), 'slug');
  });

  it('with the slug of another is 409 conflict', async () => {
    const given = document('a');
    await post('', given);
    expectApiError(await post('', { ...document('b'), slug: given['slug'] }), 409, 'conflict');
  });

  it('that is no JSON is 400 malformed_json', async () => {
    const answer = await host.call('/v1/workflows', {
      headers: { authorization: 'Bearer tok-of-the-contract-tests', 'content-type': 'application/json' },
      body: '{"name":',
    });
    expectApiError(answer, 400, 'malformed_json');
  });

  it('there is not is 404 not_found, for every call', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['PUT', ''],
      ['DELETE', ''],
      ['POST', '/commit'],
      ['POST', '/activate'],
      ['POST', '/deactivate'],
      ['GET', '/versions'],
      ['POST', '/runs'],
    ] as const) {
      const body = method === 'PUT' ? document('x') : method === 'POST' ? {} : undefined;
      expectApiError(await host.v1(method, `/v1/workflows/wf_nobody${path}`, body), 404, 'not_found');
    }
  });
});

describe.concurrent('drafts, versions, activation', () => {
  it('?activate=true commits and activates at once', async () => {
    const made = asMade(await post('?activate=true', document('now')));
    expect(made.document).toMatchObject({ enabled: true, activeVersion: 1 });
    expect(await outputAt(made.url())).toEqual({ word: 'now' });
  });

  it('a draft is not live; a commit is no activation; activation makes it live', async () => {
    const made = asMade(await post('', document('one')));
    expectError(await host.call(made.url(), { json: {} }), 404, 'not_found');
    const committed = await post(`/${made.id}/commit`, { note: 'First' });
    expect(committed.status).toBe(200);
    expectError(await host.call(made.url(), { json: {} }), 404, 'not_found');
    expect((await post(`/${made.id}/activate`)).json).toMatchObject({ activeVersion: 1, enabled: true });
    expect(await outputAt(made.url())).toEqual({ word: 'one' });
  });

  it('an edit changes the draft only, until it is committed and activated', async () => {
    const given = document('one');
    const made = asMade(await post('?activate=true', given));
    const changed = await host.v1('PUT', `/v1/workflows/${made.id}`, {
      ...given,
      nodes: [hook, says('two')],
    });
    expect(changed.status).toBe(200);
    expect(await outputAt(made.url())).toEqual({ word: 'one' });
    await post(`/${made.id}/commit`, { note: 'Second' });
    expect(await outputAt(made.url())).toEqual({ word: 'one' });
    await post(`/${made.id}/activate`);
    expect(await outputAt(made.url())).toEqual({ word: 'two' });
    await post(`/${made.id}/activate`, { version: 1 });
    expect(await outputAt(made.url())).toEqual({ word: 'one' });
  });

  it('versions are listed newest first, with their notes', async () => {
    const given = document('one');
    const made = asMade(await post('', given));
    await post(`/${made.id}/commit`, { note: 'First' });
    await host.v1('PUT', `/v1/workflows/${made.id}`, { ...given, nodes: [hook, says('two')] });
    await post(`/${made.id}/commit`, { note: 'Second' });
    const { json } = await get(`/${made.id}/versions`);
    const versions = listAt(json, 'items').map((one) => [at(one, 'version'), at(one, 'note')]);
    expect(versions).toEqual([
      [2, 'Second'],
      [1, 'First'],
    ]);
  });

  it('a version there is not can not be activated', async () => {
    const made = asMade(await post('?activate=true', document('one')));
    const answer = await post(`/${made.id}/activate`, { version: 7 });
    expect([404, 409, 422]).toContain(answer.status);
    expect(await outputAt(made.url())).toEqual({ word: 'one' });
  });

  it('a run keeps the version it started on', async () => {
    const given = document('one', {
      nodes: [hook, { id: 'pause', type: 'delay', config: { seconds: 1 } }, says('one')],
      edges: [
        { source: 'hook', target: 'pause' },
        { source: 'pause', target: 'say' },
      ],
    });
    const made = asMade(await post('?activate=true', given));
    const id = expectAccepted(await host.call(made.url(), { json: {} }));
    const next = { ...given, nodes: [hook, says('two')], edges: [{ source: 'hook', target: 'say' }] };
    await host.v1('PUT', `/v1/workflows/${made.id}?activate=true`, next);
    expect(await outputAt(made.url())).toEqual({ word: 'two' });
    expect(await runIn(host, id)).toMatchObject({ version: 1, output: { word: 'one' } });
  });

  it('deactivating leaves running runs alone', async () => {
    const made = await makeHook(host, { style: 'native', auth: { scheme: 'none' } }, [
      { id: 'pause', type: 'delay', config: { seconds: 1 } },
      { id: 'end', type: 'set', config: { fields: { end: true } } },
    ]);
    const id = expectAccepted(await host.call(made.url(), { json: {} }));
    expect((await post(`/${made.id}/deactivate`)).json).toMatchObject({ enabled: false });
    expectError(await host.call(made.url(), { json: {} }), 404, 'not_found');
    expect(await outputOf(host, id)).toEqual({ end: true });
  });

  it('keeps URL and id of an endpoint over edits, renames and versions', async () => {
    const given = document('one');
    const made = asMade(await post('?activate=true', given));
    const renamed = asMade(
      await host.v1('PUT', `/v1/workflows/${made.id}?activate=true`, { ...given, name: 'Renamed' }),
    );
    expect([renamed.url(), renamed.endpointId()]).toEqual([made.url(), made.endpointId()]);
  });

  it('deleting takes the workflow and its endpoint away', async () => {
    const made = asMade(await post('?activate=true', document('gone')));
    const answer = await host.v1('DELETE', `/v1/workflows/${made.id}`);
    expect([200, 204]).toContain(answer.status);
    expectApiError(await get(`/${made.id}`), 404, 'not_found');
    expectError(await host.call(made.url(), { json: {} }), 404, 'not_found');
  });
});

describe.concurrent('secrets in a document', () => {
  const guarded = (auth: Record<string, unknown>): Record<string, unknown> =>
    document('in', { nodes: [{ ...hook, config: { style: 'native', auth } }, says('in')] });

  it('are stored and come back masked, everywhere', async () => {
    const made = await post('?activate=true', guarded({ scheme: 'apiKey', key: 'very-secret-value' }));
    const { id, endpointId, url } = asMade(made);
    expectAccepted(await host.call(url(), { headers: { 'x-api-key': 'very-secret-value' }, json: {} }));
    const answers = [
      made,
      await get(`/${id}`),
      await get(''),
      await get(`/${id}/versions`),
      await host.v1('GET', `/v1/workflows/${id}/versions/1`),
      await host.v1('GET', `/v1/endpoints/${endpointId()}`),
      await host.v1('GET', '/v1/requests'),
      await host.v1('GET', '/v1/openapi.json'),
    ];
    for (const answer of answers) expect(answer.text).not.toContain('very-secret-value');
    expect(typeof at(made.json, 'nodes.0.config.auth.key')).toBe('string');
  });

  it('are kept when an update leaves them out, or sends back the mask', async () => {
    const given = guarded({ scheme: 'apiKey', key: 'kept-secret' });
    const made = asMade(await post('?activate=true', given));
    const bare = {
      ...given,
      nodes: [{ ...hook, config: { style: 'native', auth: { scheme: 'apiKey' } } }, says('x')],
    };
    const masked = (await get(`/${made.id}`)).json;
    for (const body of [bare, masked]) {
      const answer = await host.v1('PUT', `/v1/workflows/${made.id}?activate=true`, body);
      expect(answer.status, answer.text).toBe(200);
      expectAccepted(await host.call(made.url(), { headers: { 'x-api-key': 'kept-secret' }, json: {} }));
    }
  });

  it('are replaced when an update gives another', async () => {
    const given = guarded({ scheme: 'apiKey', key: 'old-secret' });
    const made = asMade(await post('?activate=true', given));
    const next = {
      ...given,
      nodes: [
        { ...hook, config: { style: 'native', auth: { scheme: 'apiKey', key: 'new-secret' } } },
        says('x'),
      ],
    };
    await host.v1('PUT', `/v1/workflows/${made.id}?activate=true`, next);
    const call = (key: string): Promise<Answer> =>
      host.call(made.url(), { headers: { 'x-api-key': key }, json: {} });
    expectError(await call('old-secret'), 401, 'unauthorized');
    expectAccepted(await call('new-secret'));
  });
});

describe.concurrent('?q=', () => {
  it('finds by name, by slug, and by an id in a webhook URL', async () => {
    const made = await makeHook(host, { style: 'hap' }, [], { name: 'Zanzibar intake', slug: 'quuxflow' });
    const trux = await makeHook(host, { style: 'flowtrux' });
    const found = async (q: string): Promise<unknown[]> =>
      listAt((await get(`?q=${encodeURIComponent(q)}`)).json, 'items').map((one) => at(one, 'id'));
    for (const q of ['Zanzibar', 'zanzi', 'quuxflow', made.endpointId(), made.url()]) {
      expect({ q, found: await found(q) }).toEqual({ q, found: [made.id] });
    }
    expect(await found(trux.id)).toEqual([trux.id]);
    expect(await found('nothing-like-it-%')).toEqual([]);
  });
});
