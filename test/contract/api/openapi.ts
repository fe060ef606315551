/** `/v1/openapi.json`, `/docs`, `/v1/status` and `/healthz` (SPEC 1, 11). */
import { describe, expect, it } from 'vitest';
import { at, objectAt, textAt } from '../support/at.ts';
import { hostForThisFile } from '../support/contract-host.ts';
import { makeHook } from '../support/workflows.ts';

const host = hostForThisFile();
const openApi = async (): Promise<unknown> => (await host.v1('GET', '/v1/openapi.json')).json;
const paths = async (): Promise<string[]> => Object.keys(objectAt(await openApi(), 'paths'));

describe('GET /v1/openapi.json', () => {
  it('describes every call of the contract', async () => {
    const document = await openApi();
    expect(textAt(document, 'openapi')).toMatch(/^3\.[01]\./);
    const known = Object.entries(objectAt(document, 'paths')).flatMap(([path, item]) =>
      Object.keys(objectAt(item, '')).map(
        (method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '{}')}`,
      ),
    );
    const w = '/v1/workflows';
    const e = '/v1/endpoints';
    for (const call of [
      `GET ${w}`,
      `POST ${w}`,
      `GET ${w}/{}`,
      `PUT ${w}/{}`,
      `DELETE ${w}/{}`,
      `POST ${w}/{}/commit`,
      `POST ${w}/{}/activate`,
      `POST ${w}/{}/deactivate`,
      `GET ${w}/{}/versions`,
      `POST ${w}/{}/runs`,
      `POST ${w}/{}/trigger/webhook-secret/rotate`,
      'GET /v1/workflow-runs',
      'GET /v1/workflow-runs/{}',
      'POST /v1/workflow-runs/{}/cancel',
      'POST /v1/workflow-runs/{}/retry',
      `GET ${e}`,
      `POST ${e}`,
      `GET ${e}/{}`,
      `PATCH ${e}/{}`,
      `DELETE ${e}/{}`,
      `POST ${e}/{}/activate`,
      `POST ${e}/{}/deactivate`,
      `POST ${e}/{}/reset-key`,
      `GET ${e}/{}/url`,
      'GET /v1/requests',
      'GET /v1/requests/{}',
      'GET /v1/requests/{}/body',
      'GET /v1/requests/{}/curl',
      'POST /v1/requests/{}/replay',
      'GET /v1/failed-triggers',
      'POST /v1/failed-triggers/{}/retry',
      'POST /v1/failed-triggers/{}/dismiss',
      'GET /v1/entities',
      'POST /v1/entities',
      'GET /v1/entities/{}/records',
      'POST /v1/entities/{}/records',
      'GET /v1/entities/{}/records/{}',
      'PATCH /v1/entities/{}/records/{}',
      'DELETE /v1/entities/{}/records/{}',
      'GET /v1/secrets',
      'POST /v1/secrets',
      'DELETE /v1/secrets/{}',
      'GET /v1/tokens',
      'POST /v1/tokens',
      'DELETE /v1/tokens/{}',
      'GET /v1/status',
    ]) {
      expect(known).toContain(call);
    }
  });

  it('lists an active webhook with its parameters, and not once it is deactivated', async () => {
    const made = await makeHook(host, {
      style: 'hap',
      parameters: [
        { name: 'order', in: 'query', type: 'number', required: true, description: 'Number of the order' },
        { name: 'trace', in: 'header', path: 'X-Trace', type: 'string' },
        { name: 'items', in: 'body', type: 'array', required: true },
      ],
    });
    const path = new URL(made.url()).pathname;
    const entry = objectAt(await openApi(), 'paths')[path];
    expect(Object.keys(objectAt(entry, '')).toSorted()).toEqual(['get', 'post']);
    expect(at(entry, 'post.parameters')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          name: 'order',
          in: 'query',
          required: true,
          schema: expect.objectContaining({ type: 'number' }),
        }),
        expect.objectContaining({ name: 'X-Trace', in: 'header' }),
      ]),
    );
    expect(JSON.stringify(at(entry, 'post.requestBody'))).toContain('"items"');
    await host.v1('POST', `/v1/workflows/${made.id}/deactivate`);
    expect(await paths()).not.toContain(path);
  });

  it('holds no key of any webhook', async () => {
    const made = await makeHook(host, {
      style: 'flowx',
      auth: { scheme: 'apiKey', in: 'query', name: 'flowxApiKey', key: 'never-in-the-docs' },
    });
    expect(await paths()).toContain(new URL(made.url()).pathname);
    expect(JSON.stringify(await openApi())).not.toContain('never-in-the-docs');
  });
});

describe('/docs', () => {
  it('shows it with nothing from elsewhere', async () => {
    const answer = await host
      .call('/docs')
      .then(async (first) =>
        first.status >= 300 && first.status < 400 ? host.call(String(first.headers.location)) : first,
      );
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.headers['content-type']).toMatch(/^text\/html/);
    const sources = [...answer.text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(sources.length).toBeGreaterThan(0);
    for (const source of sources.filter((one) => !one.startsWith('data:'))) {
      const url = new URL(source, `${host.receiver()}/docs/`);
      expect(url.origin).toBe(host.receiver());
      expect({ source, status: (await host.call(url.href)).status }).toEqual({ source, status: 200 });
    }
    expect(answer.headers['content-security-policy']).toMatch(/default-src|script-src/);
    expect(answer.headers['content-security-policy']).not.toMatch(/https?:\/\//);
  });

  it('serves no file beside its own', async () => {
    for (const target of [
      '/docs/../package.json',
      '/docs/%2e%2e/package.json',
      '/docs/..%2fpackage.json',
      '/docs/index.html/..',
    ]) {
      const answer = await host.call('/', { target });
      expect(answer.text).not.toContain('"dependencies"');
    }
  });
});

describe('the state of the host', () => {
  it('is told by GET /v1/status', async () => {
    const { status, json } = await host.v1('GET', '/v1/status');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      version: host.host().ready.version,
      uptimeSeconds: expect.any(Number),
      queueDepth: expect.any(Number),
      waitingRuns: expect.any(Number),
      counts: expect.any(Object),
      disk: expect.any(Object),
      lastError: null,
    });
  });

  it('is told by /healthz to anyone, and tells nothing more', async () => {
    const answer = await host.call('/healthz');
    expect(answer.status).toBe(200);
    expect(answer.text.length).toBeLessThan(200);
    expect(answer.text).not.toContain(host.folder());
  });
});
