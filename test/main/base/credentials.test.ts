import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  blotted,
  credentialNames,
  hideCredentials,
  restoreCredentials,
} from '../../../src/main/base/credentials.ts';
import type { RawRequest } from '../../../src/main/base/raw-request.ts';
import { createSealedVault, newDataKey } from '../../../src/main/base/sealed-vault.ts';

const vault = createSealedVault({ keys: [newDataKey()], description: 'of a test' });
const names = credentialNames(['X-Api-Key'], ['flowxApiKey']);
const raw = (headers: RawRequest['headers'], url = '/a'): RawRequest => ({
  method: 'POST',
  url,
  httpVersion: '1.1',
  headers,
  body: new Uint8Array([1, 2]),
  remoteIp: '127.0.0.1',
  receivedAt: 1,
});

describe('credentials of a request', () => {
  it('are blotted out in order and case, and come back exactly', () => {
    const name = fc.constantFrom('x-api-key', 'X-API-KEY', 'Authorization', 'cookie', 'x-other', 'accept');
    const query = fc.constantFrom(
      'flowxApiKey=top-secret',
      'a=1',
      'flowxApiKey',
      'b',
      '%66lowxApiKey=top-secret',
      '',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string())), fc.array(query), (headers, pairs) => {
        const sent = raw(headers, `/a?${pairs.join('&')}`);
        const stored = hideCredentials(sent, names, vault, 'req_1');
        expect(restoreCredentials(stored, vault, 'req_1')).toEqual(sent);
        expect(stored.headers.map(([one]) => one)).toEqual(headers.map(([one]) => one));
        expect(stored.url).not.toContain('top-secret');
      }),
    );
  });

  it('leave no trace of a long value but its last four characters', () => {
    const key = 'a-key-that-is-long-enough-to-hint';
    const stored = hideCredentials(
      raw([['X-Api-Key', key]], `/a?x=1&flowxApiKey=${key}`),
      names,
      vault,
      'req_1',
    );
    expect(stored.headers).toEqual([['X-Api-Key', '***hint']]);
    expect(stored.url).toBe('/a?x=1&flowxApiKey=***');
    expect(JSON.stringify(stored)).not.toContain(key);
    expect(blotted(blotted(key))).toBe('***hint');
    expect(blotted('***a text that pretends to be blotted')).toBe('***');
  });

  it('cost nothing where there are none', () => {
    const plain = raw([['accept', '*/*']], '/a?b=1');
    expect(hideCredentials(plain, names, vault, 'req_1')).toBe(plain);
    expect(restoreCredentials(plain, vault, 'req_1')).toBe(plain);
  });

  it('stay hidden when the key is another, or the request is', () => {
    const stored = hideCredentials(raw([['x-api-key', 'secret']]), names, vault, 'req_1');
    const other = createSealedVault({ keys: [newDataKey()], description: 'another' });
    for (const shown of [
      restoreCredentials(stored, other, 'req_1'),
      restoreCredentials(stored, vault, 'req_2'),
    ]) {
      expect(shown.headers).toEqual([['x-api-key', '***']]);
      expect(shown.sealed).toBeUndefined();
    }
  });
});
