/** HubSpot's three versions, with the digests of its own libraries and pages. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { judgeWith } from '../check.ts';

const secret = 'yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy';
const secrets = [{ secret }];
const publicUrl = 'https://www.example.com';
const url = '/webhook_uri';
/** As in hubspot-api-python, tests/utils/test_signature.py. */
const body = "{'example_field':'example_value'}";

describe('HubSpot', () => {
  it('accepts the v3 signature its Python library makes', () => {
    const headers = {
      'X-HubSpot-Signature-v3': 'K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=',
      'X-HubSpot-Request-Timestamp': '1693657560000',
    };
    const judge = judgeWith({ scheme: 'provider', provider: 'hubspot' });
    const sent = { url, publicUrl, headers, body, secrets, now: 1_693_657_560_000 };
    expect(judge.verify(sent).ok).toBe(true);
    expect(judge.verify({ ...sent, method: 'PUT' }).ok).toBe(false);
    expect(judge.verify({ ...sent, url: '/webhook_uri/' }).ok).toBe(false);
    expect(judge.verify({ ...sent, body: `${body} ` }).ok).toBe(false);
    expect(judge.verify({ ...sent, now: 1_693_657_560_000 + 301_000 }).ok).toBe(false);
  });

  it('accepts the v3 signature its Ruby library makes', () => {
    const headers = {
      'X-HubSpot-Signature-v3': 'RnbPH7+UMKVkbV32P8bz450N4M56aPmcru1+D3kSDtw=',
      'X-HubSpot-Request-Timestamp': '1700000300000',
    };
    const judge = judgeWith({ scheme: 'provider', provider: 'hubspot' });
    expect(judge.verify({ url, publicUrl, headers, body, secrets, now: 1_700_000_300_000 }).ok).toBe(true);
  });

  it('decodes the escapes HubSpot decodes in the URL, and no others', () => {
    const judge = judgeWith({ scheme: 'provider', provider: 'hubspot' });
    const signed = `POSThttps://www.example.com/a?next=http://b/(c)&d=%20%26{}1700000000000`;
    const headers = {
      'X-HubSpot-Signature-v3': createHmac('sha256', secret).update(signed).digest('base64'),
      'X-HubSpot-Request-Timestamp': '1700000000000',
    };
    const called = '/a?next=http%3A%2f%2Fb%2F%28c%29&d=%20%26';
    expect(judge.verify({ url: called, publicUrl, headers, body: '{}', secrets }).ok).toBe(true);
  });

  it.each([
    ['v1', 'POST', body, '69fc6631a867edd4f9e9e627fc5c1148e3fbdd8b21837b6d2b8901c1fa57f750'],
    ['v2', 'POST', body, '4fe4e3a7d3cf09db53be39d0a58130e2aaba074ec123a9e355b876a689a1c383'],
    // developers.hubspot.com, "v2 request validation"
    ['v2', 'GET', '', 'eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e'],
    [
      'v2',
      'POST',
      '{"example_field":"example_value"}',
      '9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900',
    ],
  ])(
    'accepts the published %s signature of a %s only where that version is asked for',
    (version, method, text, value) => {
      const headers = { 'X-HubSpot-Signature': value, 'X-HubSpot-Signature-Version': version };
      const sent = { method, url, publicUrl, headers, body: text, secrets };
      const asked = judgeWith({ scheme: 'provider', provider: 'hubspot', version });
      expect(asked.verify(sent)).toEqual({ ok: true, secretIndex: 0 });
      expect(asked.verify({ ...sent, body: `${text}x` }).ok).toBe(false);
      expect(asked.verify({ ...sent, headers: { 'X-HubSpot-Signature': `${value}zz` } }).ok).toBe(false);
      expect(() => asked.verify({ ...sent, secrets: [{ secret: '' }] })).toThrow();
      expect(judgeWith({ scheme: 'provider', provider: 'hubspot' }).verify(sent)).toMatchObject({
        code: 'missing',
      });
    },
  );
});
