/** The small rules inside steps. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTruthy } from '../../../src/main/steps/condition/run.ts';
import { momentOf } from '../../../src/main/steps/delay/run.ts';
import { createMask } from '../../../src/main/steps/http/mask.ts';
import { isTooDeep, readReplyBody } from '../../../src/main/steps/http/reply-body.ts';
import { retryAfterMs } from '../../../src/main/steps/http/run.ts';
import { addQuery, resolveTarget } from '../../../src/main/steps/http/target.ts';
import { renderSecretText, sentText, shownText } from '../../../src/main/steps/secret-text.ts';

describe('condition', () => {
  it('counts nothing, zero, empty texts, lists and objects as false', () => {
    for (const value of [undefined, null, 0, '', false, [], {}, [0, ''], [[]]])
      expect(isTruthy(value)).toBe(false);
    for (const value of [1, -1, 'false', true, [0, 1], { a: 0 }, [[1]]]) expect(isTruthy(value)).toBe(true);
  });
});

describe('moments', () => {
  it('are ISO 8601 with a zone, dates, or time since the epoch in seconds or milliseconds', () => {
    const at = Date.UTC(2026, 2, 23, 15, 30);
    for (const value of [
      '2026-03-23T15:30:00Z',
      '2026-03-23 16:30+01:00',
      '2026-03-23T15:30:00.000 Z',
      at,
      at / 1_000,
      String(at),
    ]) {
      expect(momentOf(value)).toBe(at);
    }
    expect(momentOf('2026-03-23')).toBe(Date.UTC(2026, 2, 23));
  });

  it('are nothing else: no local times, no words', () => {
    for (const value of ['2026-03-23T15:30:00', 'tomorrow', '', null, {}, '2026-13-01T00:00Z', Number.NaN]) {
      expect(() => momentOf(value)).toThrow(/no date/);
    }
  });
});

describe('masks', () => {
  it('leave no form of a secret, wherever it stands', () => {
    const texts = fc.string({ minLength: 6 }).filter((text) => text.trim() === text && !'***'.includes(text));
    fc.assert(
      fc.property(texts, fc.string(), fc.string(), (secret, before, after) => {
        const mask = createMask([secret]);
        for (const form of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64')]) {
          const masked = mask.value({ deep: [`${before}${form}${after}`] });
          expect(JSON.stringify(masked)).not.toContain(JSON.stringify(form).slice(1, -1));
        }
      }),
    );
  });

  it('leave texts without secrets, and short secrets, as they are', () => {
    expect(createMask(['abc']).text('abcabc')).toBe('abcabc');
    const value = { a: [1, null, 'x'] };
    expect(createMask([]).value(value)).toBe(value);
    expect(createMask(['secret']).value(value)).toEqual(value);
  });
});

describe('bodies of answers', () => {
  it('are judged too deep exactly when they nest more than 100 levels', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.string(), (depth, text) => {
        const json =
          '[{"a":'.repeat(Math.floor(depth / 2)) + JSON.stringify(text) + '}]'.repeat(Math.floor(depth / 2));
        expect(isTooDeep(json)).toBe(Math.floor(depth / 2) * 2 > 100);
      }),
    );
  });

  it('never fail to be read', () => {
    fc.assert(
      fc.property(
        fc.uint8Array(),
        fc.constantFrom(
          'application/json',
          'text/plain; charset=utf-16',
          'text/x; charset=none',
          'image/png',
          '',
        ),
        (body, type) => {
          expect(() => JSON.stringify(readReplyBody(body, type))).not.toThrow();
        },
      ),
    );
  });

  it('give Retry-After in seconds and as a date', () => {
    const now = Date.UTC(2026, 0, 1);
    expect(retryAfterMs('120', now)).toBe(120_000);
    expect(retryAfterMs('Thu, 01 Jan 2026 00:01:00 GMT', now)).toBe(60_000);
    expect(retryAfterMs('Thu, 01 Jan 2025 00:00:00 GMT', now)).toBe(0);
    expect([retryAfterMs('soon', now), retryAfterMs(undefined, now), retryAfterMs('', now)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe('secrets in texts', () => {
  const renderer = {
    evaluate: async () => '{{secrets.STOLEN}}',
    render: async (template: unknown) => template,
  };

  it('are cut out before anything is rendered: what data says is never a secret', async () => {
    const text = await renderSecretText('a {{secrets.KEY}} b {{trigger.data}} c', renderer);
    expect(text.filter((part) => typeof part === 'object')).toEqual([{ secret: 'KEY' }]);
    expect(shownText(text)).toBe('a {{secrets.KEY}} b {{secrets.STOLEN}} c');
    expect(sentText(text, (name) => `<${name}>`)).toBe('a <KEY> b {{secrets.STOLEN}} c');
  });

  it('are asked for the host the URL names, and can not change it', () => {
    const asked: string[] = [];
    const secret = (value: string) => (_name: string, host: string | ((value: string) => string)) => {
      asked.push(typeof host === 'string' ? host : host(value));
      return value;
    };
    expect(resolveTarget(['https://api.example.com/', { secret: 'K' }], secret('key')).url.href).toBe(
      'https://api.example.com/key',
    );
    expect(
      resolveTarget([{ secret: 'URL' }, '/more'], secret('http://hooks.example.com:81/x')).url.href,
    ).toBe('http://hooks.example.com:81/x/more');
    expect(asked).toEqual(['api.example.com:443', 'hooks.example.com:81']);
    expect(() => resolveTarget(['https://api.example.com', { secret: 'K' }], secret('.evil.test'))).toThrow(
      /changes the host/,
    );
    expect(() => resolveTarget(['https://', { secret: 'K' }, '/'], secret('evil.test'))).toThrow(
      /changes the host/,
    );
    expect(() => resolveTarget(['nonsense ', { secret: 'K' }], secret('hidden-value'))).toThrow(
      /nonsense \{\{secrets\.K\}\}/,
    );
  });

  it('leave the query of a URL as it was written', () => {
    expect(addQuery(new URL('https://x.test/?a=%20b+c#f'), [['d', 'e f&g']]).href).toBe(
      'https://x.test/?a=%20b+c&d=e+f%26g#f',
    );
    expect(addQuery(new URL('https://x.test/'), []).href).toBe('https://x.test/');
  });
});
