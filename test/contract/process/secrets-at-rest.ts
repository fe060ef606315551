/** What lies in the data folder and in the logs: no secret in the clear; and what happens when secrets or disk are gone. */
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../../support/until.ts';
import { at, textAt } from '../support/at.ts';
import { hostForThisFile, TOKEN } from '../support/contract-host.ts';
import { expectAccepted, expectError } from '../support/expect-error.ts';
import type { Answer } from '../support/send.ts';
import { countRuns, makeHook, runIn } from '../support/workflows.ts';

const host = hostForThisFile({ options: ['--no-admin'] });

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesIn(path) : [path];
  });
}

describe('secrets', () => {
  // What a caller sent is kept byte for byte, its key too (SPEC 2): the keys here were given, not sent.
  it('are nowhere in the clear: not in the data folder, the write-ahead log, or the log', async () => {
    const canary = (what: string): string => `canary-${what}-7f3a91c2`;
    const key = canary('key');
    const keyed = await makeHook(host, {
      style: 'native',
      auth: { scheme: 'apiKey', key, name: 'X-Odd-Name' },
    });
    await makeHook(host, {
      style: 'native',
      auth: { scheme: 'apiKey', key: canary('query'), in: 'query', name: 'k' },
    });
    await makeHook(host, {
      style: 'validmind',
      auth: { scheme: 'keyPair', key: canary('pk'), secret: canary('ps') },
    });
    const hmac = await makeHook(host, {
      style: 'flowtrux',
      auth: { scheme: 'hmac', secret: canary('hmac') },
    });
    const signature = createHmac('sha256', canary('hmac')).update('{}').digest('hex');
    expectAccepted(
      await host.call(hmac.url(), {
        headers: { 'content-type': 'application/json', 'x-webhook-signature': signature },
        body: '{}',
      }),
    );
    const sign = await makeHook(host, {
      style: 'hap',
      auth: { scheme: 'appSign', appKey: 'a', secretKey: canary('app') },
    });
    await host.call(sign.url());
    await host.v1('POST', '/v1/secrets', { name: 'CANARY', value: canary('named') });
    const idle = await makeHook(host, {
      style: 'native',
      auth: { scheme: 'apiKey', key: canary('idle'), name: 'X-Idle' },
    });
    await host.v1('POST', `/v1/workflows/${idle.id}/deactivate`);
    const refused = { 'x-idle': canary('idle'), authorization: canary('bearer'), cookie: canary('cookie') };
    await host.call(idle.url(), { headers: refused, json: {} });
    await host.v1('GET', '/v1/requests');
    const token = textAt(
      (await host.v1('POST', '/v1/tokens', { name: 't', scopes: ['read'] })).json,
      'token',
    );
    await host.host().stop();
    const log = host.host().log();
    await host.restart('SIGTERM');
    const files = filesIn(join(host.folder(), 'data'));
    expect(files.length).toBeGreaterThan(0);
    const texts = [log, ...files.map((file) => readFileSync(file, 'latin1'))];
    const values = ['key', 'query', 'pk', 'ps', 'hmac', 'app', 'named', 'idle', 'bearer', 'cookie']
      .map(canary)
      .concat(token, TOKEN);
    const base64 = (value: string): string => Buffer.from(value).toString('base64').slice(0, -4);
    const found = values.filter((value) =>
      texts.some((text) => text.includes(value) || text.includes(base64(value))),
    );
    expect(found).toEqual([]);
    const here = host.receiver() + new URL(keyed.url()).pathname;
    expectAccepted(await host.call(here, { headers: { 'x-odd-name': key }, json: {} }));
  });

  it('C14 that can not be opened any more answer 503 endpoint_misconfigured, never accepted and never 401', async () => {
    const made = await makeHook(host, { style: 'native', auth: { scheme: 'apiKey', key: 'right' } });
    await host.host().stop();
    rmSync(join(host.folder(), 'config'), { recursive: true });
    await host.restart('SIGTERM');
    const here = host.receiver() + new URL(made.url()).pathname;
    for (const headers of [{ 'x-api-key': 'right' }, { 'x-api-key': 'wrong' }, {}]) {
      expectError(await host.call(here, { headers, json: {} }), 503, 'endpoint_misconfigured');
    }
    expect(await countRuns(host, made.id)).toBe(0);
  });
});

describe('a disk that takes no more', () => {
  const limit = (bytes: string): void => {
    execFileSync('prlimit', ['--pid', String(host.host().pid), `--fsize=${bytes}:unlimited`]);
  };

  it('I1 I2 answers 503 storage_unavailable with Retry-After, keeps what it has, and accepts again once there is room', async () => {
    const made = await makeHook(host, { style: 'native', auth: { scheme: 'none' } }, [
      { id: 'n', type: 'transform', config: { expression: 'trigger.data.n' } },
    ]);
    const post = (n: number): Promise<Answer> =>
      host.call(made.url(), { json: { n, filler: 'x'.repeat(200_000) } });
    const kept = expectAccepted(await post(1));
    expect(at(await runIn(host, kept), 'output')).toBe(1);
    limit('4096');
    const refused = await until('a refusal', async () => {
      const answer = await post(2);
      return answer.status === 200 ? undefined : answer;
    });
    expectError(refused, 503, 'storage_unavailable');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect((await host.v1('GET', `/v1/workflow-runs/${kept}`)).json).toMatchObject({ output: 1 });
    limit('unlimited');
    const again = await until('room', async () => {
      const answer = await post(3);
      return answer.status === 200 ? answer : undefined;
    });
    expect(at(await runIn(host, expectAccepted(again)), 'output')).toBe(3);
  });
});
