/** Redirects, hop by hop, without a network (RELIABILITY N3). */
import { describe, expect, it } from 'vitest';
import { sendFollowing } from '../../../../src/main/steps/http/follow.ts';
import type { OutboundReply, OutboundRequest } from '../../../../src/main/steps/step.ts';

const first = (url: string): OutboundRequest => ({
  method: 'GET',
  url: new URL(url),
  headers: [['X-Api-Key', 'k']],
  body: undefined,
  writtenHost: undefined,
});

/** Answers every URL by the map: a place to go on to, or the end. */
function world(places: Readonly<Record<string, string>>) {
  const seen: OutboundRequest[] = [];
  const sendHttp = (request: OutboundRequest): Promise<OutboundReply> => {
    seen.push(request);
    const location = places[request.url.href];
    const headers: OutboundReply['headers'] = location === undefined ? {} : { location };
    return Promise.resolve({ status: location === undefined ? 200 : 302, headers, body: new Uint8Array() });
  };
  return { seen, sendHttp };
}

describe('N3 hops', () => {
  it('N3 from https to http are refused, from http to https followed', async () => {
    const down = world({ 'https://a.test/': 'http://a.test/' });
    await expect(sendFollowing(down, first('https://a.test/'), 5, [])).rejects.toMatchObject({
      code: 'target_blocked',
      details: { retryable: false, sent: true },
    });
    expect(down.seen).toHaveLength(1);
    const up = world({ 'http://a.test/': 'https://a.test/x' });
    expect((await sendFollowing(up, first('http://a.test/'), 5, [])).status).toBe(200);
    expect(up.seen.map((request) => request.url.href)).toEqual(['http://a.test/', 'https://a.test/x']);
    // Another scheme is another origin.
    expect(up.seen.map((request) => request.headers)).toEqual([[['X-Api-Key', 'k']], []]);
  });

  it('N3 circles end at the number allowed', async () => {
    const circle = world({ 'https://a.test/': '/', 'https://a.test/#x': '/' });
    await expect(sendFollowing(circle, first('https://a.test/'), 10, [])).rejects.toMatchObject({
      code: 'http_failed',
    });
    expect(circle.seen).toHaveLength(11);
  });
});
