import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeWith, noon } from './check.ts';

const judge = judgeWith({ scheme: 'appSign' });
const secrets = [{ appKey: 'appKey', secretKey: 'secretKey' }];
const sign = 'ZWFmZjljZGMzZmY1MDE5NDBjMjNjOGIyZGQwZGI3NTU2MTdmMTAzZjVmOGI0MGMyYzQ1Y2U5MjAzNzEwY2M1NA==';
const fields = { AppKey: 'appKey', Sign: sign, Timestamp: String(noon) };
const query = (values: Record<string, string>) =>
  `/workflow/hooks/x?${new URLSearchParams(values).toString()}`;

describe('appSign', () => {
  it('accepts the published vector in the query, the body and headers', () => {
    expect(judge.verify({ url: query(fields), secrets }).ok).toBe(true);
    expect(judge.verify({ bodyFields: Object.entries(fields), secrets }).ok).toBe(true);
    expect(judge.verify({ headers: fields, secrets }).ok).toBe(true);
  });

  it('accepts the three parts spread over several places', () => {
    const { AppKey, Sign, Timestamp } = fields;
    const spread = {
      url: query({ AppKey }),
      headers: { sign: Sign },
      bodyFields: [['Timestamp', Timestamp]] as const,
    };
    expect(judge.verify({ ...spread, secrets }).ok).toBe(true);
  });

  it('refuses a part given in two places', () => {
    const twice = { url: query(fields), headers: { AppKey: 'appKey' } };
    expect(judge.verify({ ...twice, secrets })).toMatchObject({ ok: false, code: 'repeated' });
  });

  it.each(['AppKey', 'Sign', 'Timestamp'] as const)('refuses a request without %s', (name) => {
    const { [name]: _left, ...others } = fields;
    expect(judge.verify({ url: query(others), secrets })).toMatchObject({ ok: false, code: 'missing' });
    expect(judge.verify({ url: query({ ...fields, [name]: '' }), secrets }).ok).toBe(false);
  });

  it('refuses another AppKey, another secret and another time', () => {
    expect(judge.verify({ url: query({ ...fields, AppKey: 'other' }), secrets }).ok).toBe(false);
    expect(judge.verify({ url: query(fields), secrets: [{ appKey: 'appKey', secretKey: 'other' }] }).ok).toBe(
      false,
    );
    expect(judge.verify({ url: query({ ...fields, Timestamp: String(noon + 1) }), secrets }).ok).toBe(false);
  });

  it('refuses a Sign that is older or newer than five minutes', () => {
    const call = { url: query(fields), secrets };
    expect(judge.verify({ ...call, now: noon + 299_000 }).ok).toBe(true);
    expect(judge.verify({ ...call, now: noon + 301_000 })).toMatchObject({ ok: false, code: 'stale' });
    expect(judge.verify({ ...call, now: noon - 301_000 })).toMatchObject({ ok: false, code: 'stale' });
  });

  it('refuses a time in seconds and one that is no number', () => {
    for (const Timestamp of [String(noon / 1_000), 'soon', 'NaN']) {
      expect(judge.verify({ url: query({ ...fields, Timestamp }), secrets }).ok).toBe(false);
    }
  });

  it('is misconfigured, not open, while a secret is empty or missing', () => {
    const url = query({ AppKey: 'a', Sign: 'x', Timestamp: String(noon) });
    for (const set of [{ appKey: 'a', secretKey: '' }, { appKey: 'a' }]) {
      expect(() => judge.verify({ url, secrets: [set] })).toThrow(
        expect.objectContaining({ code: 'endpoint_misconfigured' }),
      );
    }
  });

  it('accepts what it signed and refuses any one-character mutant', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.string({ minLength: 1 }),
        fc.nat(),
        (appKey, secretKey, at) => {
          const input = { method: 'GET', url: 'http://localhost/', body: Buffer.from(''), now: noon };
          const own = [{ appKey, secretKey }];
          const signed = judge.sign({ ...input, secrets: { appKey, secretKey } });
          expect(judge.verify({ url: query({ ...signed.query }), secrets: own }).ok).toBe(true);
          const text = signed.query['Sign'] ?? '';
          const place = at % text.length;
          const bent = `${text.slice(0, place)}${text[place] === 'A' ? 'B' : 'A'}${text.slice(place + 1)}`;
          expect(judge.verify({ url: query({ ...signed.query, Sign: bent }), secrets: own }).ok).toBe(false);
        },
      ),
    );
  });
});
