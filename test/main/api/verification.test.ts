/** The signature doctor through `/v1`, on requests as they were captured (SPEC 5). */
import { describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { verificationSchema } from '../../../src/shared/contract/inspector.ts';
import { simpleDocument, useApiHost } from './api-host.ts';
import { endpointOf, hexMac, inspectorOf, judgedSchema, send } from './captured.ts';

const api = useApiHost();
const { newest, token } = inspectorOf(api);

async function explained(endpointId: string) {
  const { id } = await newest(endpointId);
  return api.ok(verificationSchema, 'GET', `/requests/${id}/verification`);
}

function fitting({ tried }: z.infer<typeof verificationSchema>): readonly string[] {
  return tried.filter(({ fits }) => fits).map(({ id }) => id);
}

describe('requests.verification', () => {
  it('names the mistake behind a refusal in one sentence, with its mending, and tells no secret', async () => {
    const secret = 'the secret of the doctored endpoint';
    const workflow = await api.live(simpleDocument('Doctored', { auth: { scheme: 'hmac', secret } }));
    const { id, url } = endpointOf(workflow);
    const body = '{"order":7}';
    const signed = (signature: string, sent = body) =>
      send({ url, body: sent, headers: { 'x-webhook-signature': signature } });

    await signed(hexMac(secret, `${body}\n`));
    const newline = await explained(id);
    expect(newline).toMatchObject({
      scheme: 'hmac',
      verdict: 'refused',
      sentence: 'The caller signed the body with a newline at its end that was not sent.',
      mend: 'Let the caller sign the very bytes it sends, after the last change to them.',
      signedOver: 'the body as received: 11 bytes',
      clockSkewMs: null,
    });
    expect(newline.secretAgeNote).toMatch(/^The secret was set .+ before this request\.$/);
    expect(newline.tried.length).toBeGreaterThan(30);
    expect(fitting(newline)).toEqual(['body-newline-added']);
    expect(JSON.stringify(newline)).not.toContain(secret);

    await signed(hexMac(secret, JSON.stringify({ order: 7 }, null, 2)));
    expect(fitting(await explained(id))).toEqual(['body-pretty-2']);

    expect((await signed(hexMac(secret, body))).status).toBe(200);
    const genuine = await explained(id);
    expect(genuine).toMatchObject({ verdict: 'genuine', mend: null });
    expect(genuine.sentence).toContain('fits the present secret');
    await api.refused(404, 'not_found', 'GET', '/requests/req_nobody/verification');
    const path = `/requests/${(await newest(id)).id}/verification`;
    await api.refused(403, 'forbidden', 'GET', path, undefined, await token('run'));
    expect((await api.v1('GET', path, undefined, await token('read'))).status).toBe(200);
  });

  it('knows the secret of before and the one of another endpoint', async () => {
    const document = (secret: string) => simpleDocument('Rotated', { auth: { scheme: 'hmac', secret } });
    const workflow = await api.live(document('the secret of last year, long'));
    const { id, url } = endpointOf(workflow);
    await api.live(
      simpleDocument('Neighbour', { auth: { scheme: 'apiKey', key: 'the key of the neighbour' } }),
    );
    const call = (secret: string) =>
      send({ url, headers: { 'x-webhook-signature': hexMac(secret, '{"a":1}') } });

    expect((await call('the secret of last year, long')).status).toBe(200);
    const accepted = await newest(id);
    await api.v1('PUT', `/workflows/${workflow.id}`, document('the secret of this year, long'));
    const then = await api.ok(verificationSchema, 'GET', `/requests/${accepted.id}/verification`);
    expect(then.verdict).toBe('genuine');
    expect(then.sentence).toContain('It was genuine when it came; today it would be refused.');
    expect(then.secretAgeNote).toMatch(/replaced .+ after this request/);

    expect((await call('the secret of last year, long')).status).toBe(401);
    expect(fitting(await explained(id))).toEqual(['former-secret']);
    expect((await call('the key of the neighbour')).status).toBe(401);
    const neighbour = await explained(id);
    expect(fitting(neighbour)).toEqual(['other-endpoint']);
    expect(neighbour.sentence).toContain('"Arrived"');
    for (const secret of ['of last year', 'of this year', 'key of the neighbour'])
      expect(JSON.stringify(neighbour)).not.toContain(secret);

    const refused = await newest(id);
    await api.v1('PUT', `/workflows/${workflow.id}`, document('the key of the neighbour'));
    const mended = await api.ok(verificationSchema, 'GET', `/requests/${refused.id}/verification`);
    expect(mended).toMatchObject({ verdict: 'refused', mend: 'Retry it.' });
  });

  it('finds a key in the wrong place although it is stored sealed, and tells the clock of the caller', async () => {
    const keyed = { auth: { scheme: 'apiKey', key: 'a key in the wrong place', name: 'x-door' } };
    const door = endpointOf(await api.live(simpleDocument('Door', keyed)));
    await send({ url: door.url, headers: { authorization: 'Bearer a key in the wrong place' } });
    const misplaced = await explained(door.id);
    expect(fitting(misplaced)).toEqual(['key-misplaced']);
    expect(misplaced.sentence).toContain('the header authorization, where the header x-door is expected');
    expect(JSON.stringify(misplaced)).not.toContain('a key in the wrong place');

    const auth = {
      scheme: 'hmac',
      secret: 'the secret of the clock',
      signed: '{timestamp}.{body}',
      timestampHeader: 'X-T',
    };
    const clock = endpointOf(await api.live(simpleDocument('Clock', { auth })));
    const at = Math.floor(Date.now() / 1_000) - 3_600;
    const signature = hexMac('the secret of the clock', `${at}.{"a":1}`);
    await send({ url: clock.url, headers: { 'x-t': String(at), 'x-webhook-signature': signature } });
    const late = await explained(clock.id);
    expect(late.clockSkewMs).toBeLessThan(-3_590_000);
    expect(late.clockSkewMs).toBeGreaterThan(-3_700_000);
    expect(late.sentence).toMatch(/36\d\d s behind/);
    expect(late.mend).toContain('as captured');
  });

  it('says what it can of open endpoints, of refusals before the check, of cut bodies and of replays', async () => {
    const open = endpointOf(await api.live(simpleDocument('Open door', { auth: { scheme: 'none' } })));
    await send({ url: open.url });
    expect(await explained(open.id)).toMatchObject({
      verdict: 'none',
      sentence: 'Anyone may call this endpoint.',
    });

    const secret = 'the secret of the small one';
    const auth = { scheme: 'hmac', secret };
    const small = endpointOf(await api.live(simpleDocument('Small', { auth, maxBodyBytes: 1_000_000 })));
    const large = JSON.stringify('x'.repeat(70_000));
    await send({
      url: small.url,
      body: large,
      headers: { 'x-webhook-signature': hexMac(secret, `${large}\n`) },
    });
    const cut = await explained(small.id);
    expect(cut.sentence).toContain('Only the first 65536 of 70002 bytes were kept');
    await send({
      url: small.url,
      method: 'PUT',
      headers: { 'x-webhook-signature': hexMac(secret, '{"a":1}') },
    });
    const before = await explained(small.id);
    expect(before.verdict).toBe('none');
    expect(before.sentence).toMatch(/^It was refused before its authentication was looked at\./);

    await send({ url: small.url, headers: { 'x-webhook-signature': 'nonsense' } });
    const { id } = await newest(small.id);
    const signed = await api.ok(judgedSchema, 'POST', `/requests/${id}/replay`, { mode: 'signed' });
    const replayed = await api.ok(verificationSchema, 'GET', `/requests/${signed.requestId}/verification`);
    expect(replayed.verdict).toBe('genuine');
    expect(replayed.sentence).toContain('fits');
  });
});
