/** `/v1/openapi.json`: valid, complete, and what a caller's developer needs to know of every active webhook (SPEC 11). */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contract } from '../../../src/shared/contract/index.ts';
import { endpointSchema } from '../../../src/shared/contract/views.ts';
import { readOpenApi, type OpenApi } from '../../support/openapi.ts';
import { simpleDocument, useApiHost } from './api-host.ts';

const api = useApiHost();
const readDocument = async (): Promise<OpenApi> => readOpenApi((await api.v1('GET', '/openapi.json')).body);

/** Puts a webhook live; answers its operation and the security schemes it names. */
async function documented(name: string, config: Record<string, unknown>, method: 'get' | 'post' = 'post') {
  const workflow = await api.live(simpleDocument(name, config));
  const path = new URL(workflow.endpoints[0]?.url ?? '').pathname;
  const document = await readDocument();
  const operation = document.paths[path]?.[method];
  const names = Object.keys(operation?.security?.[0] ?? {});
  const schemes = names.map((one) => document.components.securitySchemes[one]);
  return { workflow, path, document, operation, schemes };
}

/** Every route of the contract, as `GET /v1/workflows/{}`. */
function routesOf(value: object): readonly string[] {
  const route = z.looseObject({
    '~orpc': z.looseObject({ route: z.looseObject({ method: z.string(), path: z.string() }) }),
  });
  return Object.values(value).flatMap((one: object) => {
    const read = route.safeParse(one);
    return read.success
      ? [`${read.data['~orpc'].route.method} /v1${read.data['~orpc'].route.path}`]
      : routesOf(one);
  });
}

describe('the OpenAPI document', () => {
  it('is valid, and tells of every call of the contract what goes wrong with it', async () => {
    const document = await readDocument();
    const known = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(known).toEqual(
      expect.arrayContaining([...routesOf(contract), 'GET /v1/requests/{id}/body', 'GET /healthz']),
    );
    expect(Object.keys(document.paths['/v1/endpoints/{id}']?.patch?.responses ?? {})).toEqual(
      expect.arrayContaining(['200', '400', '401', '403', '404', '409', '422', '500']),
    );
    expect(document.servers).toEqual([{ url: api.host().receiver, description: 'On this machine' }]);
  });

  it('names the public address first where there is one', async () => {
    await api.v1('PATCH', '/settings', { publicUrl: 'https://hooks.example.test' });
    const { servers } = await readDocument();
    await api.v1('PATCH', '/settings', { publicUrl: null });
    expect(servers.map(({ url }) => url)).toEqual(['https://hooks.example.test', api.host().receiver]);
  });
});

describe('an active webhook in it', () => {
  it('shows its parameters where they stand, with types, examples and what is required', async () => {
    const { operation, path } = await documented('Documented fields', {
      style: 'hap',
      parameters: [
        {
          name: 'amount',
          path: 'order.amount',
          type: 'number',
          required: true,
          example: 12.5,
          description: 'In EUR',
        },
        { name: 'sku', path: 'order.lines[0].sku', type: 'string', required: true },
        { name: 'lang', in: 'query', path: 'l', type: 'string', example: 'de' },
        { name: 'trace', in: 'header', path: 'X-Trace', type: 'string', required: true },
      ],
    });
    expect(operation).toMatchObject({
      summary: 'Arrived',
      tags: ['Webhooks'],
      security: [{}],
      parameters: [
        { name: 'l', in: 'query', required: false, schema: { type: 'string', examples: ['de'] } },
        { name: 'X-Trace', in: 'header', required: true, schema: { type: 'string' } },
        { name: 'Idempotency-Key', in: 'header', required: false },
      ],
      requestBody: {
        required: true,
        description: 'Also read: `order.lines[0].sku` (sku, required).',
        content: {
          'application/json': {
            schema: {
              type: 'object',
              required: ['order'],
              properties: {
                order: {
                  required: ['amount'],
                  properties: { amount: { type: 'number', description: 'In EUR', examples: [12.5] } },
                },
              },
            },
            example: { order: { amount: 12.5 } },
          },
          'application/x-www-form-urlencoded': {},
        },
      },
    });
    const document = await readDocument();
    expect(Object.keys(document.paths[path] ?? {}).toSorted()).toEqual(['get', 'post']);
    expect(document.paths[path]?.get).not.toHaveProperty('requestBody');
  });

  it('is gone once its workflow or it itself is off, and a shared source comes and goes with its own switch', async () => {
    const { workflow, path } = await documented('Off later', {});
    await api.v1('POST', `/workflows/${workflow.id}/deactivate`);
    expect((await readDocument()).paths).not.toHaveProperty([path]);
    const shared = await api.ok(endpointSchema, 'POST', '/endpoints', { name: 'Documented source' }, 201);
    await api.live(simpleDocument('Bound to it', { endpointId: shared.id }));
    expect((await readDocument()).paths).not.toHaveProperty([shared.path]);
    await api.v1('POST', `/endpoints/${shared.id}/activate`);
    expect((await readDocument()).paths[shared.path]?.post).toMatchObject({ summary: 'Documented source' });
  });

  it.each([
    [{ scheme: 'none' }, []],
    [{ scheme: 'apiKey', in: 'query', name: 'k' }, [{ type: 'apiKey', in: 'query', name: 'k' }]],
    [
      { scheme: 'keyPair' },
      [
        { type: 'apiKey', in: 'header', name: 'x-api-key' },
        { type: 'apiKey', in: 'header', name: 'x-api-secret' },
      ],
    ],
    [
      { scheme: 'hmac', signed: '{timestamp}.{body}', prefix: 'sha256=' },
      [
        { name: 'X-Webhook-Timestamp' },
        {
          name: 'X-Webhook-Signature',
          description:
            'HMAC-SHA-256 of `{timestamp}.{body}` with the shared secret, in hex, with `sha256=` before it, in X-Webhook-Signature. {timestamp} is the Unix time in seconds in X-Webhook-Timestamp, at most 300 s from now.',
        },
      ],
    ],
    [{ scheme: 'appSign' }, [{ name: 'AppKey' }, { name: 'Sign' }, { name: 'Timestamp' }]],
    [
      { scheme: 'provider', provider: 'github' },
      [
        {
          type: 'apiKey',
          in: 'header',
          name: 'X-Hub-Signature-256',
          description: expect.stringContaining('GitHub'),
        },
      ],
    ],
    [{ scheme: 'basic', username: 'u' }, [{ type: 'http', scheme: 'basic' }]],
    [{ scheme: 'bearer' }, [{ type: 'http', scheme: 'bearer' }]],
    [
      { scheme: 'jwt', secret: 'a-secret-of-the-tokens-issuer-long' },
      [{ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }],
    ],
  ])('says how its caller proves who it is: %j', async (auth, expected) => {
    const { schemes, operation } = await documented(`Auth ${JSON.stringify(auth)}`, { auth });
    expect(schemes).toMatchObject(expected);
    expect(Object.hasOwn(operation?.responses ?? {}, '401')).toBe(expected.length > 0);
    expect(operation?.description).toContain('**Authentication.** ');
  });

  it('tells of the handshake of a known sender, which names its deliveries itself', async () => {
    const auth = { scheme: 'provider', provider: 'slack', secret: 'a signing secret of Slack' };
    const { operation } = await documented('From Slack', { auth });
    expect(operation?.description).toContain('**Handshake.** A signed POST of the type url_verification');
    expect(operation?.parameters).toEqual([]);
  });

  it('names the answers that can come by what is set', async () => {
    const plain = await documented('Plain answers', { auth: { scheme: 'none' } });
    expect(Object.keys(plain.operation?.responses ?? {})).toEqual([
      '200',
      '400',
      '403',
      '404',
      '405',
      '408',
      '413',
      '414',
      '415',
      '422',
      '431',
      '500',
      '503',
    ]);
    const full = await documented('All answers', {
      style: 'validmind',
      ipAllow: ['127.0.0.1'],
      rateLimit: { perMinute: 7 },
      response: { mode: 'lastNode', status: 201, headers: { 'X-Flow': 'orders' } },
    });
    const responses = z
      .record(z.string(), z.looseObject({ description: z.string() }))
      .parse(full.operation?.responses);
    expect(Object.keys(responses)).toEqual(
      expect.arrayContaining(['200', '201', '202', '401', '403', '429', '504']),
    );
    expect(responses['201']).toMatchObject({ headers: { 'X-Flow': { schema: { const: 'orders' } } } });
    expect(responses['403']?.description).toContain('`ip_not_allowed`');
    expect(responses['400']?.description).toContain('`unknown_action`');
    expect(responses['500']?.description).toContain('`run_failed`');
    expect(full.operation?.description).toContain('7 requests a minute');
    expect(full.operation?.requestBody?.content['application/json']?.schema).toMatchObject({
      required: ['action', 'target', 'entity_name'],
    });
  });

  it('shows no secret of any endpoint', async () => {
    const secrets = ['documented-key-documented-key', 'documented-pass-documented-pass'];
    await documented('Key hidden', { auth: { scheme: 'apiKey', key: secrets[0] } });
    const { document } = await documented('Pair hidden', {
      auth: { scheme: 'keyPair', key: secrets[0], secret: secrets[1] },
    });
    for (const secret of secrets) expect(JSON.stringify(document)).not.toContain(secret);
  });
});
