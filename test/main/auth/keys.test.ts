import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/shared/errors.ts';
import { judgeWith, noon } from './check.ts';

const key = 'k-0123456789abcdef';
const secrets = [{ key }];

describe('none', () => {
  it('lets everyone in', () => {
    expect(judgeWith({ scheme: 'none' }).verify({ secrets: [] })).toEqual({ ok: true, secretIndex: 0 });
  });
});

describe('apiKey', () => {
  const header = judgeWith({ scheme: 'apiKey' });
  const query = judgeWith({ scheme: 'apiKey', in: 'query', name: 'flowxApiKey' });

  it('accepts the key in x-api-key, whatever the case of the header name', () => {
    expect(header.verify({ headers: { 'X-API-Key': key }, secrets }).ok).toBe(true);
  });

  it('accepts the key in the named query parameter', () => {
    expect(query.verify({ url: `/x?flowxApiKey=${key}`, secrets }).ok).toBe(true);
  });

  it.each([
    ['missing', {}],
    ['empty', { 'x-api-key': '' }],
    ['wrong', { 'x-api-key': 'other' }],
    ['cut', { 'x-api-key': key.slice(0, -1) }],
    ['longer', { 'x-api-key': `${key}0` }],
    ['in another case', { 'x-api-key': key.toUpperCase() }],
    ['10 KB long', { 'x-api-key': 'a'.repeat(10_240) }],
  ])('refuses a key that is %s', (_title, headers) => {
    expect(header.verify({ headers, secrets }).ok).toBe(false);
  });

  it('refuses a good and a bad key sent together', () => {
    const headers = [
      ['x-api-key', key],
      ['X-Api-Key', 'bad'],
    ] as const;
    expect(header.verify({ headers, secrets })).toMatchObject({ ok: false, code: 'repeated' });
    expect(query.verify({ url: `/x?flowxApiKey=${key}&flowxApiKey=${key}`, secrets }).ok).toBe(false);
  });

  it('does not look into the query when the key belongs into a header', () => {
    expect(header.verify({ url: `/x?x-api-key=${key}`, secrets }).ok).toBe(false);
  });

  it('accepts the previous key while it overlaps and tells which one opened the door', () => {
    const both = [{ key: 'new' }, { key }];
    expect(header.verify({ headers: { 'x-api-key': key }, secrets: both })).toEqual({
      ok: true,
      secretIndex: 1,
    });
  });

  it('is misconfigured, not open, when its key is empty or not there', () => {
    for (const gone of [[], [{}], [{ key: '' }]]) {
      expect(() => header.verify({ headers: { 'x-api-key': 'undefined' }, secrets: gone })).toThrow(
        expect.objectContaining({ code: 'endpoint_misconfigured', status: 503 }),
      );
    }
  });

  it('never tells what was sent or what was wanted', () => {
    const verdict = header.verify({ headers: { 'x-api-key': 'guess-1234' }, secrets });
    expect(JSON.stringify(verdict)).not.toMatch(/guess-1234|k-0123/);
  });

  it('signs by putting the key where it belongs', () => {
    const input = {
      method: 'POST',
      url: 'http://localhost/x',
      body: Buffer.from(''),
      secrets: { key },
      now: noon,
    };
    expect(header.sign(input)).toEqual({ headers: { 'x-api-key': key }, query: {} });
    expect(query.sign(input)).toEqual({ headers: {}, query: { flowxApiKey: key } });
  });
});

describe('keyPair', () => {
  const pair = judgeWith({ scheme: 'keyPair' });
  const both = [{ key: 'the-key', secret: 'the-secret' }];

  it('accepts the right key with the right secret', () => {
    const headers = { 'x-api-key': 'the-key', 'x-api-secret': 'the-secret' };
    expect(pair.verify({ headers, secrets: both })).toEqual({ ok: true, secretIndex: 0 });
  });

  it.each([
    ['the secret wrong', { 'x-api-key': 'the-key', 'x-api-secret': 'wrong' }],
    ['the key wrong', { 'x-api-key': 'wrong', 'x-api-secret': 'the-secret' }],
    ['both swapped', { 'x-api-key': 'the-secret', 'x-api-secret': 'the-key' }],
    ['the secret missing', { 'x-api-key': 'the-key' }],
    ['the key missing', { 'x-api-secret': 'the-secret' }],
    ['nothing', {}],
  ])('refuses %s', (_title, headers) => {
    expect(pair.verify({ headers, secrets: both }).ok).toBe(false);
  });

  it('never mixes a current key with a previous secret', () => {
    const sets = [
      { key: 'k2', secret: 's2' },
      { key: 'k1', secret: 's1' },
    ];
    expect(pair.verify({ headers: { 'x-api-key': 'k1', 'x-api-secret': 's1' }, secrets: sets })).toEqual({
      ok: true,
      secretIndex: 1,
    });
    expect(pair.verify({ headers: { 'x-api-key': 'k2', 'x-api-secret': 's1' }, secrets: sets }).ok).toBe(
      false,
    );
  });

  it('is misconfigured, not open, while one of its secrets is empty', () => {
    const headers = { 'x-api-key': 'k', 'x-api-secret': '' };
    expect(() => pair.verify({ headers, secrets: [{ key: 'k', secret: '' }] })).toThrow(
      expect.objectContaining({ code: 'endpoint_misconfigured', status: 503 }),
    );
  });

  it('reads the headers it is told to read', () => {
    const named = judgeWith({ scheme: 'keyPair', keyHeader: 'A', secretHeader: 'B' });
    expect(named.verify({ headers: { a: 'the-key', b: 'the-secret' }, secrets: both }).ok).toBe(true);
  });

  it('signs with both headers', () => {
    const input = { method: 'POST', url: 'http://localhost/x', body: Buffer.from(''), now: noon };
    const signature = pair.sign({ ...input, secrets: { key: 'a', secret: 'b' } });
    expect(signature).toEqual({ headers: { 'x-api-key': 'a', 'x-api-secret': 'b' }, query: {} });
  });
});

describe('settings', () => {
  it('are refused with the path of the fault when a key is unknown or a value is of the wrong kind', () => {
    for (const auth of [
      { scheme: 'nope' },
      { scheme: 'apiKey', colour: 'red' },
      { scheme: 'apiKey', in: 'cookie' },
      { scheme: 'apiKey', name: 'a b' },
      { scheme: 'hmac', toleranceSeconds: 'long' },
    ]) {
      const judge = () => judgeWith(auth);
      expect(judge).toThrow(AppError);
      expect(judge).toThrow(expect.objectContaining({ code: 'invalid' }));
    }
  });
});
