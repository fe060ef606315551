/** Auth of endpoints through `/v1` of a real host (SPEC 5, 8): the catalog, secrets kept, made and masked, faults with paths. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { providerRegistry } from '../../../src/main/auth/providers/registry.ts';
import { authRegistry } from '../../../src/main/auth/registry.ts';
import { simpleDocument, useApiHost } from './api-host.ts';

const api = useApiHost();
const catalogAnswer = z.object({
  auth: z.array(z.looseObject({ scheme: z.string(), fields: z.array(z.looseObject({ name: z.string() })) })),
  providers: z.array(
    z.looseObject({ provider: z.string(), formula: z.string(), deadlineMs: z.number().nullable() }),
  ),
});
const resetAnswer = z.object({ secrets: z.record(z.string(), z.string()) });
const rotateAnswer = z.object({ secret: z.string(), previousValidUntil: z.string().nullable() });

function authOf(workflow: { nodes: readonly { config: Record<string, unknown> }[] }): unknown {
  return workflow.nodes[0]?.config['auth'];
}

async function deliver(url: string, body: string, headers: Record<string, string>): Promise<number> {
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  });
  await response.arrayBuffer();
  return response.status;
}

describe('the catalog', () => {
  it('lists every scheme and every known sender', async () => {
    const { auth, providers } = await api.ok(catalogAnswer, 'GET', '/catalog');
    expect(auth.map(({ scheme }) => scheme)).toEqual(authRegistry.map(({ definition }) => definition.scheme));
    expect(providers.map(({ provider }) => provider)).toEqual(
      providerRegistry.map(({ definition }) => definition.provider),
    );
    const chooser = auth.find(({ scheme }) => scheme === 'provider')?.fields[0];
    expect(chooser).toMatchObject({ name: 'provider', kind: 'select' });
  });
});

describe('an endpoint of a known sender', () => {
  it('keeps its secret sealed, shows it masked, and believes who signs with it', async () => {
    const auth = { scheme: 'provider', provider: 'github', secret: 'the-secret-of-the-repository' };
    const workflow = await api.live(simpleDocument('GitHub in', { auth }));
    expect(authOf(workflow)).toMatchObject({ scheme: 'provider', provider: 'github', legacy: false });
    expect(JSON.stringify(workflow)).not.toContain('the-secret-of-the-repository');
    const url = workflow.endpoints[0]?.url ?? '';
    const sign = (secret: string) => ({
      'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update('{"a":1}').digest('hex')}`,
    });
    expect(await deliver(url, '{"a":1}', sign('the-secret-of-the-repository'))).toBe(200);
    expect(await deliver(url, '{"a":1}', sign('another'))).toBe(401);

    const masked = await api.v1(
      'PUT',
      `/workflows/${workflow.id}`,
      simpleDocument('GitHub in', { auth: authOf(workflow) }),
    );
    expect(masked.status).toBe(200);
    await api.v1('POST', `/workflows/${workflow.id}/commit`, {});
    expect(await deliver(url, '{"a":1}', sign('the-secret-of-the-repository'))).toBe(200);

    const rotated = await api.ok(
      rotateAnswer,
      'POST',
      `/workflows/${workflow.id}/trigger/webhook-secret/rotate`,
      {
        overlapSeconds: 60,
      },
    );
    expect(await deliver(url, '{"a":1}', sign(rotated.secret))).toBe(200);
    expect(await deliver(url, '{"a":1}', sign('the-secret-of-the-repository'))).toBe(200);
  });

  it('has a secret made where the person chooses it, and waits for one the sender makes', async () => {
    const made = await api.live(simpleDocument('Made', { auth: { scheme: 'provider', provider: 'gitlab' } }));
    expect(authOf(made)).toMatchObject({ secret: expect.stringMatching(/^••••/) });
    const reset = await api.ok(resetAnswer, 'POST', `/endpoints/${made.endpoints[0]?.id}/reset-key`, {});
    const token = { 'x-gitlab-token': reset.secrets['secret'] ?? '' };
    expect(await deliver(made.endpoints[0]?.url ?? '', '{}', token)).toBe(200);

    const waiting = await api.live(
      simpleDocument('Waiting', { auth: { scheme: 'provider', provider: 'stripe' } }),
    );
    expect(authOf(waiting)).not.toHaveProperty('secret');
    expect(await deliver(waiting.endpoints[0]?.url ?? '', '{}', {})).toBe(503);
  });

  it.each([
    [{ scheme: 'provider', provider: 'nobody' }, 'provider'],
    [{ scheme: 'provider', provider: 'github', verifyToken: 'x' }, 'verifyToken'],
    [{ scheme: 'provider', provider: 'discord', publicKey: 'short' }, 'publicKey'],
    [{ scheme: 'jwt', algorithms: ['none'] }, 'algorithms[0]'],
    [{ scheme: 'jwt', publicKey: 'no key' }, 'publicKey'],
    [{ scheme: 'basic', username: 'a:b' }, 'username'],
    [{ scheme: 'bearer', header: 'x' }, 'header'],
  ])('is not saved as %j', async (auth, path) => {
    const document = simpleDocument('Faulty', { auth });
    const { issues = [] } = await api.refused(422, 'invalid', 'POST', '/workflows', document);
    expect(issues.map((issue) => issue.path)).toEqual([
      expect.stringMatching(new RegExp(`auth\\.${path.replace(/[[\]]/g, '\\$&')}$`)),
    ]);
  });

  it('is kept as a draft without its sender or public key, and not put live', async () => {
    for (const auth of [{ scheme: 'provider' }, { scheme: 'provider', provider: 'discord' }]) {
      const draft = await api.v1('POST', '/workflows', simpleDocument('Unfinished', { auth }));
      expect(draft.status).toBe(201);
      const { id } = z.looseObject({ id: z.string() }).parse(draft.body);
      await api.refused(422, 'invalid', 'POST', `/workflows/${id}/commit`, {});
    }
  });
});

describe('a sender that makes its secret', () => {
  it('has it set, not rotated, and needs none beside a public key', async () => {
    const alarmsAnswer = z.object({
      alarms: z.array(z.looseObject({ kind: z.string(), endpointId: z.string() })),
    });
    const auth = { scheme: 'provider', provider: 'standardwebhooks' };
    const made = await api.live(simpleDocument('Needs a secret', { auth }));
    const publicKey = `whpk_${Buffer.alloc(32, 7).toString('base64')}`;
    const keyed = await api.live(simpleDocument('Has a key', { auth: { ...auth, publicKey } }));
    const path = `/workflows/${made.id}/trigger/webhook-secret/rotate`;
    const { msg } = await api.refused(409, 'conflict', 'POST', path, {});
    expect(msg).toContain('The sender makes this secret');
    const { alarms } = await api.ok(alarmsAnswer, 'GET', '/status');
    const alarmed = alarms.map(({ endpointId }) => endpointId);
    expect(alarmed).toContain(made.endpoints[0]?.id);
    expect(alarmed).not.toContain(keyed.endpoints[0]?.id);
  });
});

describe('a clock that may be wrong', () => {
  it('is told after three genuine requests of another time, not after forged ones', async () => {
    const clocks = async () => {
      const { body } = await api.v1('GET', '/status');
      return JSON.stringify(body).split('"kind":"clock"').length - 1;
    };
    const auth = { scheme: 'provider', provider: 'zoom', secret: 'test_secret' };
    const workflow = await api.live(simpleDocument('Zoom', { auth }));
    const send = (secret: string) => {
      const timestamp = String(Math.floor(Date.now() / 1_000) + 600);
      const digest = createHmac('sha256', secret).update(`v0:${timestamp}:{}`).digest('hex');
      const headers = { 'x-zm-request-timestamp': timestamp, 'x-zm-signature': `v0=${digest}` };
      return deliver(workflow.endpoints[0]?.url ?? '', '{}', headers);
    };
    for (let count = 0; count < 3; count++) expect(await send('another')).toBe(401);
    for (let count = 0; count < 2; count++) expect(await send('test_secret')).toBe(401);
    expect(await clocks()).toBe(0);
    expect(await send('test_secret')).toBe(401);
    expect(await clocks()).toBe(1);
  });
});

describe('a handshake', () => {
  it('is no sample, neither of an endpoint that listens nor taken from what was captured', async () => {
    const auth = { scheme: 'provider', provider: 'meta', secret: 'app-secret', verifyToken: 'the-token' };
    const workflow = await api.live(simpleDocument('Meta', { auth }));
    const { id = '', url = '' } = workflow.endpoints[0] ?? {};
    expect((await api.v1('POST', `/endpoints/${id}/listen`, {})).status).toBe(200);
    const challenge = await fetch(`${url}?hub.mode=subscribe&hub.verify_token=the-token&hub.challenge=42`);
    expect(await challenge.text()).toBe('42');
    const sampleAnswer = z.looseObject({
      source: z.string().nullable(),
      listeningUntil: z.string().nullable(),
    });
    const sample = await api.ok(sampleAnswer, 'GET', `/endpoints/${id}/sample`);
    expect(sample.source).toBeNull();
    expect(sample.listeningUntil).not.toBeNull();
    const requests = z.object({ items: z.array(z.looseObject({ id: z.string(), verdict: z.string() })) });
    const { items } = await api.ok(requests, 'GET', `/requests?endpoint=${id}`);
    expect(items.map(({ verdict }) => verdict)).toEqual(['handshake']);
    await api.refused(409, 'conflict', 'PUT', `/endpoints/${id}/sample`, { requestId: items[0]?.id });
    const failed = await api.v1('GET', '/failed-triggers');
    expect(JSON.stringify(failed.body)).not.toContain(items[0]?.id);
  });
});

describe('a handshake rule', () => {
  it.each([
    [{ match: {}, headers: { 'Content-Type': 'text/html' } }],
    [{ match: {}, headers: { 'content-type': 'text/plain-not' } }],
    [{ match: {}, body: '{{ $ }' }],
    [{ match: {}, body: '{{secrets.KEY}}' }],
    [{ match: {}, status: 302 }],
  ])('is not put live as %j', async (handshake) => {
    const saved = await api.v1('POST', '/workflows?activate=true', simpleDocument('Rule', { handshake }));
    expect(saved.status).toBe(422);
  });
});
