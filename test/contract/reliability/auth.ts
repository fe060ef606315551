/** Authentication, row by row: every scheme met by right, wrong, missing, empty and others' credentials (SPEC 4.4, 4.8, 5). */
import { createHash, createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { hostForThisFile, openHost } from '../support/contract-host.ts';
import { expectAccepted, expectError } from '../support/expect-error.ts';
import type { Answer } from '../support/send.ts';
import { at, listAt, textAt } from '../support/at.ts';
import { countRuns, type Made, makeHook, makeWorkflow, runIn } from '../support/workflows.ts';

const host = hostForThisFile();
const body = '{"event":"order_created","order_id":"12345"}';
const json = { 'content-type': 'application/json' };

/** What a caller of a scheme presents for a secret, and where. */
interface Scheme {
  auth: (secret: string) => Record<string, unknown>;
  headers?: (secret: string) => Record<string, string>;
  query?: (secret: string) => string;
  /** What stands in the place of the credential. */
  place: (value: string) => Record<string, string>;
}

const base64url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const hex = (secret: string, text: string, algorithm = 'sha256'): string =>
  createHmac(algorithm, secret).update(text).digest('hex');
const seconds = (): number => Math.floor(Date.now() / 1_000);

function jwt(secret: string): string {
  const signed = `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url({ exp: seconds() + 60 })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

function appSign(secret: string): Record<string, string> {
  const at = Date.now();
  const text = `AppKey=app&SecretKey=${secret}&Timestamp=${at}`;
  const sign = Buffer.from(createHash('sha256').update(text).digest('hex')).toString('base64');
  return { AppKey: 'app', Sign: sign, Timestamp: String(at) };
}

function standard(secret: string, id = 'msg_1', at = seconds()): Record<string, string> {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(at), 'webhook-signature': `v1,${signature}` };
}

const schemes: Record<string, Scheme> = {
  'apiKey in a header': {
    auth: (key) => ({ scheme: 'apiKey', key }),
    headers: (key) => ({ 'x-api-key': key }),
    place: (value) => ({ 'x-api-key': value }),
  },
  keyPair: {
    auth: (secret) => ({ scheme: 'keyPair', key: 'k', secret }),
    headers: (secret) => ({ 'x-api-key': 'k', 'x-api-secret': secret }),
    place: (value) => ({ 'x-api-key': 'k', 'x-api-secret': value }),
  },
  basic: {
    auth: (password) => ({ scheme: 'basic', username: 'u', password }),
    headers: (password) => ({ authorization: `Basic ${Buffer.from(`u:${password}`).toString('base64')}` }),
    place: (value) => ({
      authorization: value === '' ? '' : `Basic ${Buffer.from(`u:${value}`).toString('base64')}`,
    }),
  },
  bearer: {
    auth: (token) => ({ scheme: 'bearer', token }),
    headers: (token) => ({ authorization: `Bearer ${token}` }),
    place: (value) => ({ authorization: `Bearer ${value}` }),
  },
  jwt: {
    auth: (secret) => ({ scheme: 'jwt', secret, algorithms: ['HS256'] }),
    headers: (secret) => ({ authorization: `Bearer ${jwt(secret)}` }),
    place: (value) => ({ authorization: `Bearer ${value}` }),
  },
  hmac: {
    auth: (secret) => ({ scheme: 'hmac', secret }),
    headers: (secret) => ({ 'x-webhook-signature': hex(secret, body) }),
    place: (value) => ({ 'x-webhook-signature': value }),
  },
  appSign: {
    auth: (secretKey) => ({ scheme: 'appSign', appKey: 'app', secretKey }),
    headers: appSign,
    place: (value) => ({ ...appSign('x'), Sign: value }),
  },
  'provider github': {
    auth: (secret) => ({ scheme: 'provider', provider: 'github', secret }),
    headers: (secret) => ({ 'x-hub-signature-256': `sha256=${hex(secret, body)}` }),
    place: (value) => ({ 'x-hub-signature-256': value }),
  },
  'provider standardwebhooks': {
    auth: (secret) => ({ scheme: 'provider', provider: 'standardwebhooks', secret }),
    headers: standard,
    place: (value) => ({ ...standard('whsec_AAAA'), 'webhook-signature': value }),
  },
};

/** Two secrets of one length: those of this endpoint and of another. */
const OWN = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;

describe.concurrent.each(Object.entries(schemes))('the scheme %s', (_name, scheme) => {
  const make = (secret = OWN): Promise<Made> =>
    makeHook(host, { style: 'native', auth: scheme.auth(secret) });
  const call = (made: Made, headers: Record<string, string>): Promise<Answer> =>
    host.call(made.url(), { headers: { ...json, ...headers }, body });
  const right = (): Record<string, string> => scheme.headers?.(OWN) ?? {};

  it('C1 accepts what is right, and nothing wrong, missing, empty, long, or of another endpoint', async () => {
    const made = await make();
    await make(OTHER);
    expectAccepted(await call(made, right()));
    const bad: Record<string, Record<string, string>> = {
      wrong: scheme.place('wrong'),
      missing: {},
      empty: scheme.place(''),
      'of 10 KB': scheme.place('x'.repeat(10_240)),
      "another endpoint's": scheme.headers?.(OTHER) ?? {},
    };
    const bodies = new Set<string>();
    for (const [what, headers] of Object.entries(bad)) {
      const answer = await call(made, headers);
      expect({ what, status: answer.status }).toEqual({ what, status: 401 });
      expectError(answer, 401, 'unauthorized');
      bodies.add(answer.text.replace(/req_\w+/, ''));
    }
    expect(bodies.size).toBe(1);
    expect(await countRuns(host, made.id)).toBe(1);
  });

  it('C1 of a deactivated endpoint is 404 whatever is presented', async () => {
    const made = await make();
    await host.v1('POST', `/v1/workflows/${made.id}/deactivate`);
    for (const headers of [right(), scheme.place('wrong'), {}]) {
      expectError(await call(made, headers), 404, 'not_found');
    }
  });
});

describe.concurrent('a Standard Webhooks signature', () => {
  const make = (): Promise<Made> =>
    makeHook(host, {
      style: 'native',
      auth: { scheme: 'provider', provider: 'standardwebhooks', secret: OWN },
    });
  const call = (made: Made, headers: Record<string, string>): Promise<Answer> =>
    host.call(made.url(), { headers: { ...json, ...headers }, body });

  it('C6 may stand among others, needs a version that is known, and an id may hold a dot', async () => {
    const made = await make();
    const good = standard(OWN, 'msg_a');
    const forged = `v1,${Buffer.alloc(32, 1).toString('base64')}`;
    const signature = String(good['webhook-signature']);
    const among = `${forged} ${signature} v2,whatever`;
    expectAccepted(await call(made, { ...good, 'webhook-signature': among }));
    const unknown = standard(OWN, 'msg_b');
    const otherVersion = String(unknown['webhook-signature']).replace('v1,', 'v9,');
    expectError(await call(made, { ...unknown, 'webhook-signature': otherVersion }), 401, 'unauthorized');
    // Signed is `a.b.<time>`: a dot in the id must not let its parts be read in another way.
    const dotted = standard(OWN, 'msg.c');
    expect((await call(made, dotted)).status).toBe(401);
  });

  it('C7 is good for 300 s to either side, and its time is a whole number of seconds', async () => {
    const made = await make();
    const at = (time: number | string, id: string): Promise<Answer> => {
      const text = String(time);
      const key = Buffer.from(OWN.replace(/^whsec_/, ''), 'base64');
      const signature = createHmac('sha256', key).update(`${id}.${text}.${body}`).digest('base64');
      return call(made, {
        'webhook-id': id,
        'webhook-timestamp': text,
        'webhook-signature': `v1,${signature}`,
      });
    };
    expectAccepted(await at(seconds() - 298, 'past'));
    expectAccepted(await at(seconds() + 298, 'future'));
    for (const bad of [seconds() - 302, seconds() + 302, 'NaN', Date.now(), '', `${seconds()}.0`, '1e10']) {
      expectError(await at(bad, 'bad'), 401, 'unauthorized');
    }
  });
});

describe.concurrent('a list of addresses', () => {
  const make = (ipAllow: string[], more: Record<string, unknown> = {}): Promise<Made> =>
    makeHook(host, { style: 'native', auth: { scheme: 'none' }, ipAllow, ...more });
  const statuses = (made: Made, addresses: string[]): Promise<number[]> =>
    Promise.all(addresses.map(async (from) => (await host.call(made.url(), { from, json: {} })).status));

  it('C9 is exact: no other address that only begins like an entry, and the edges of a range', async () => {
    const one = await make(['127.0.0.1']);
    expect(await statuses(one, ['127.0.0.1', '127.0.0.10', '127.0.0.100', '127.0.0.2'])).toEqual([
      200, 403, 403, 403,
    ]);
    const range = await make(['127.0.0.4/30', '127.1.0.0/16']);
    expect(
      await statuses(range, [
        '127.0.0.3',
        '127.0.0.4',
        '127.0.0.7',
        '127.0.0.8',
        '127.0.255.255',
        '127.1.0.0',
        '127.1.255.254',
      ]),
    ).toEqual([403, 200, 200, 403, 403, 200, 200]);
  });

  it('C10 and a signature must both hold', async () => {
    const made = await make(['127.0.0.1'], { auth: { scheme: 'hmac', secret: 's' } });
    const call = (from: string, signature: string): Promise<Answer> =>
      host.call(made.url(), { from, headers: { ...json, 'x-webhook-signature': signature }, body });
    expectAccepted(await call('127.0.0.1', hex('s', body)));
    expectError(await call('127.0.0.1', hex('t', body)), 401, 'unauthorized');
    expectError(await call('127.0.0.2', hex('s', body)), 403, 'ip_not_allowed');
  });

  it.each([
    ['X-Forwarded-For', '203.0.113.9'],
    ['X-Forwarded-For', '127.0.0.1'],
    ['CF-Connecting-IP', '127.0.0.1'],
    ['Forwarded', 'for=127.0.0.1'],
    ['X-Forwarded-Proto', 'https'],
  ])('C13 that holds 127.0.0.1 does not let in what a tunnel brought (%s: %s)', async (name, value) => {
    const made = await make(['127.0.0.1']);
    expectError(await host.call(made.url(), { headers: { [name]: value }, json: {} }), 403, 'ip_not_allowed');
    expectAccepted(await host.call(made.url(), { json: {} }));
  });
});

describe('a host with a public URL', () => {
  const own = openHost({ options: ['--no-admin', '--public-url', 'https://hooks.example.test'] });

  it('C13 takes no call addressed to that for one of this machine', async () => {
    const made = await makeHook(own, { style: 'native', auth: { scheme: 'none' }, ipAllow: ['127.0.0.1'] });
    const url = own.receiver() + new URL(made.url()).pathname;
    expectAccepted(await own.call(url, { json: {} }));
    for (const name of ['hooks.example.test', 'HOOKS.example.test']) {
      const answer = await own.call(url, { headers: { host: name }, json: {} });
      expectError(answer, 403, 'ip_not_allowed');
    }
  });
});

describe('a guesser', () => {
  it('C16 is told to wait after 30 wrong keys in a minute, at that endpoint and from that address only', async () => {
    const make = (): Promise<Made> =>
      makeHook(host, { style: 'native', auth: { scheme: 'apiKey', key: 'right' } });
    const [made, other] = [await make(), await make()];
    const call = (where: Made, from: string, key: string): Promise<Answer> =>
      host.call(where.url(), { from, headers: { 'x-api-key': key }, json: {} });
    for (let n = 0; n < 30; n += 1) {
      expectError(await call(made, '127.0.0.66', `guess ${n}`), 401, 'unauthorized');
      if (n % 10 === 0) expectAccepted(await call(made, '127.0.0.1', 'right'));
    }
    const refused = await call(made, '127.0.0.66', 'right');
    expectError(refused, 429, 'rate_limited');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expectAccepted(await call(made, '127.0.0.1', 'right'));
    expectAccepted(await call(other, '127.0.0.66', 'right'));
  });
});

describe('a body without end and without a right signature', () => {
  let made: Made;
  beforeAll(async () => {
    made = await makeHook(host, { style: 'flowtrux', auth: { scheme: 'hmac', secret: 's' } });
  });
  const rssKb = (): number =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${host.host().pid}/status`, 'utf8'))?.[1]);

  it('C17 is 413 as soon as the limit is passed, and costs no memory', async () => {
    const { hostname, port, pathname } = new URL(made.url());
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    const before = rssKb();
    const got = await new Promise<{ text: string; sentAtAnswer: number; peakKb: number }>((done) => {
      let text = '';
      let sent = 0;
      let sentAtAnswer = 0;
      let peakKb = before;
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          `POST ${pathname} HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\n` +
            `X-Webhook-Signature: ${'0'.repeat(64)}\r\nTransfer-Encoding: chunked\r\n\r\n`,
        );
        // As fast as it is taken, up to 2 GB, at most 64 KiB ahead of what the other side has been given time to read.
        const more = (): void => {
          if (socket.destroyed || sent >= 2 ** 31) return;
          sent += 65_536;
          peakKb = Math.max(peakKb, rssKb());
          socket.write(chunk, () => setImmediate(more));
        };
        more();
      });
      socket.on('data', (part) => {
        if (text === '') sentAtAnswer = sent;
        text += part.toString('latin1');
      });
      socket.on('error', () => undefined);
      socket.on('close', () => done({ text, sentAtAnswer, peakKb }));
    });
    expect(got.text).toMatch(/^HTTP\/1\.1 413 /);
    // What lies in the buffers of the two sockets was sent, but never read.
    expect(got.sentAtAnswer).toBeLessThan(1_048_576 + 8 * 1_048_576);
    expect(got.peakKb - before).toBeLessThan(40 * 1_024);
    expect(await countRuns(host, made.id)).toBe(0);
  });
});

describe('a resume token', () => {
  it('C19 of one run resumes that run and no other', async () => {
    const open = { style: 'native', auth: { scheme: 'none' } };
    const waiting = await makeWorkflow(host, [
      { id: 'hook', type: 'webhook', config: open },
      { id: 'ask', type: 'set', config: { fields: { url: '{{run.resumeUrl}}' } } },
      { id: 'wait', type: 'webhook', config: { ...open, waitWhenReached: true } },
    ]);
    const begin = async (): Promise<string> => {
      const id = expectAccepted(await host.call(waiting.url(), { json: {} }));
      await runIn(host, id, ['waiting']);
      return id;
    };
    const [one, two] = [await begin(), await begin()];
    const run = await runIn(host, one, ['waiting']);
    const step = listAt(run, 'steps').find((each) => at(each, 'nodeId') === 'ask');
    const answer = await host.call(textAt(step, 'output.url'), { json: {} });
    expect(answer.json).toMatchObject({ success: true, executionId: one });
    for (const guess of [two, two.replace('run_', ''), '1', '2', `${two}/wait`]) {
      expect((await host.call(`/hooks/resume/${guess}`, { json: {} })).status).toBe(404);
    }
    expect(at(await runIn(host, two, ['waiting']), 'status')).toBe('waiting');
  });
});
