/** The receiver's own calls: https, the sender's own hosts, no redirects, little time and room, and a memory of a day. */
import { describe, expect, it } from 'vitest';
import { createOutside } from '../../../src/main/receiver/outside.ts';

const hosts = ['sns.example.com'];
const url = 'https://sns.example.com/cert.pem';
const day = 86_400_000;

function open(answer: (url: string, init: RequestInit | undefined) => Promise<Response> | Response) {
  const asked: string[] = [];
  let now = 1_000;
  const outside = createOutside({
    clock: { now: () => now, after: () => () => undefined },
    fetch: async (target, init) => {
      const text = target instanceof Request ? target.url : String(target);
      asked.push(text);
      return answer(text, init);
    },
  });
  return { ...outside, asked, pass: (ms: number) => void (now += ms) };
}

const misconfigured = { code: 'endpoint_misconfigured', status: 503 };

describe('a certificate', () => {
  it('is asked for once a day', async () => {
    const { certificate, asked, pass } = open(() => new Response('PEM'));
    expect([await certificate(url, hosts), await certificate(url, hosts)]).toEqual(['PEM', 'PEM']);
    pass(day - 1);
    await certificate(url, hosts);
    expect(asked).toHaveLength(1);
    pass(2);
    await certificate(url, hosts);
    expect(asked).toHaveLength(2);
  });

  it('is asked for once by requests at the same time', async () => {
    const { certificate, asked } = open(() => new Response('PEM'));
    await Promise.all(Array.from({ length: 10 }, () => certificate(url, hosts)));
    expect(asked).toHaveLength(1);
  });

  it.each([
    'http://sns.example.com/cert.pem',
    'https://example.com/cert.pem',
    'https://evil-sns.example.com/cert.pem',
    'https://sns.example.com.evil.test/cert.pem',
    'https://sns.example.com@evil.test/cert.pem',
    'https://user:pass@sns.example.com/cert.pem',
    'https://sns.example.com:8443/cert.pem',
    'file:///etc/passwd',
    '//sns.example.com/cert.pem',
    'no url',
  ])('is never asked for at %s', async (bad) => {
    const { certificate, confirm, asked } = open(() => new Response('PEM'));
    await expect(certificate(bad, hosts)).rejects.toMatchObject(misconfigured);
    await expect(confirm(bad, hosts)).rejects.toMatchObject(misconfigured);
    expect(asked).toEqual([]);
  });

  it('of one sender is not another sender’s, although it is known', async () => {
    const { certificate } = open(() => new Response('PEM'));
    await certificate(url, hosts);
    await expect(certificate(url, ['other.example.com'])).rejects.toMatchObject(misconfigured);
    expect(await certificate('https://eu.sns.example.com/c.pem', hosts)).toBe('PEM');
  });

  it.each<[string, () => Promise<Response> | Response]>([
    ['a redirect', () => new Response(null, { status: 302, headers: { location: 'https://evil.test/' } })],
    ['an error', () => new Response('no', { status: 500 })],
    ['more than 64 KiB', () => new Response('x'.repeat(65_537))],
    ['a broken connection', () => Promise.reject(new TypeError('fetch failed'))],
  ])('that comes as %s is none, and is asked for again', async (_title, answer) => {
    let isBroken = true;
    const { certificate } = open(() => (isBroken ? answer() : new Response('PEM')));
    await expect(certificate(url, hosts)).rejects.toMatchObject(misconfigured);
    isBroken = false;
    expect(await certificate(url, hosts)).toBe('PEM');
  });

  it('is fetched with a limit of time and without following anything', async () => {
    let seen: RequestInit | undefined;
    const { certificate } = open((_url, init) => {
      seen = init;
      return new Response('PEM');
    });
    await certificate(url, hosts);
    expect(seen).toMatchObject({ redirect: 'manual' });
    expect(seen?.signal).toBeInstanceOf(AbortSignal);
  });

  it('is asked for at four places at once at most', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const { certificate, asked } = open(() => promise.then(() => new Response('PEM')));
    const calls = Array.from({ length: 6 }, (_, index) => certificate(`${url}?${index}`, hosts));
    const settled = Promise.allSettled(calls);
    resolve();
    expect((await settled).filter(({ status }) => status === 'fulfilled')).toHaveLength(4);
    expect(asked).toHaveLength(4);
  });

  it('is forgotten when a hundred others came after it', async () => {
    const { certificate, asked } = open(() => new Response('PEM'));
    for (let index = 0; index <= 100; index++) await certificate(`${url}?${index}`, hosts);
    await certificate(`${url}?100`, hosts);
    expect(asked).toHaveLength(101);
    await certificate(`${url}?0`, hosts);
    expect(asked).toHaveLength(102);
  });
});
