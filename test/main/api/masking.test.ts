import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hintOf,
  isMask,
  maskHeaders,
  maskQuery,
  maskSecret,
  maskUrl,
  noSecrets,
} from '../../../src/main/api/masking.ts';

describe('masks', () => {
  it('never show more than four characters of a secret, and none of a short one', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 80 }), (secret) => {
        const mask = maskSecret(secret);
        expect(isMask(mask)).toBe(true);
        expect(mask.length).toBeLessThanOrEqual(8);
        if (secret.length < 12) expect(mask).toBe('••••');
        expect(hintOf(secret).length).toBeLessThanOrEqual(7);
      }),
    );
  });

  it('blot out what carries a credential by its name, and leave the rest as sent', () => {
    const headers = maskHeaders(
      [
        ['Authorization', 'Bearer abcdefghijklmnopqrstuvwxyz'],
        ['COOKIE', 'a=1'],
        ['X-Api-Key', 'k'],
        ['X-Hub-Signature-256', 'sha256=0123456789abcdef0123456789abcdef'],
        ['X-Gitlab-Token', 'short'],
        ['X-Door', 'opens'],
        ['Idempotency-Key', 'delivery-1'],
        ['Content-Type', 'application/json'],
      ],
      { names: new Set(['x-door']), values: [] },
    );
    expect(headers).toEqual([
      ['Authorization', '***wxyz'],
      ['COOKIE', '***'],
      ['X-Api-Key', '***'],
      ['X-Hub-Signature-256', '***cdef'],
      ['X-Gitlab-Token', '***'],
      ['X-Door', '***'],
      ['Idempotency-Key', 'delivery-1'],
      ['Content-Type', 'application/json'],
    ]);
  });

  it('find keys in the query whatever their spelling, and change nothing else of the target', () => {
    const known = { names: new Set(['mykey']), values: [] };
    expect(maskUrl('/a?flowxApiKey=s3cret&x=1&MYKEY=2&empty=&flag', known)).toBe(
      '/a?flowxApiKey=***&x=1&MYKEY=***&empty=&flag',
    );
    expect(maskUrl('/a?%66lowxApiKey=s3cret', known)).toBe('/a?%66lowxApiKey=***');
    expect(maskUrl('/a?access_token=1&AppKey=2&Sign=3', noSecrets)).toBe(
      '/a?access_token=***&AppKey=***&Sign=***',
    );
    expect(maskUrl('/plain?a=b=c', noSecrets)).toBe('/plain?a=b=c');
    expect(
      maskQuery(
        [
          ['flowxApiKey', 's3cret'],
          ['q', '1'],
        ],
        noSecrets,
      ),
    ).toEqual([
      ['flowxApiKey', '***'],
      ['q', '1'],
    ]);
  });

  it('blot out a known secret wherever and however it is written', () => {
    fc.assert(
      fc.property(fc.base64String({ minLength: 12, maxLength: 40 }), (secret) => {
        const known = { names: new Set<string>(), values: [secret] };
        const texts = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')];
        for (const text of texts) {
          expect(maskUrl(`/x/${text}?y=${text}`, known)).not.toContain(text);
          expect(maskHeaders([['x-any', `a ${text} b`]], known)[0]?.[1]).toBe('a *** b');
        }
      }),
    );
  });
});
