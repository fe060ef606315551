import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isHostile, splitHostile } from '../../../src/renderer/ui/hostile.ts';

const shown = (text: string): string =>
  splitHostile(text)
    .map((part) => (part.kind === 'text' ? part.text : `<${part.label}>`))
    .join('');

describe('texts of strangers', () => {
  it('draws an override that would turn a file name around', () => {
    expect(shown('invoice\u202Etxt.exe')).toBe('invoice<U+202E>txt.exe');
  });

  it('draws controls, zero width characters, byte order marks, tags and half surrogate pairs', () => {
    expect(shown('\u0000a\u001Bb\u200Bc\uFEFFd\u{E0041}e\uD800f')).toBe(
      '<U+0000>a<U+001B>b<U+200B>c<U+FEFF>d<U+E0041>e<U+D800>f',
    );
  });

  it('leaves line breaks, tabs, other scripts and emoji alone', () => {
    const text = 'line\r\n\tnext — Grüße, 日本語, שלום, 👩‍🚀 ❤️';
    expect(splitHostile(text)).toEqual([{ kind: 'text', text }]);
    expect(isHostile(text)).toBe(false);
  });

  it('draws a joiner that joins nothing', () => {
    expect(isHostile('a\u200Db')).toBe(true);
  });

  it('loses nothing: the texts and the marks together are the text, and no text holds a control', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const parts = splitHostile(text);
        const whole = parts
          .map((part) =>
            part.kind === 'text' ? part.text : String.fromCodePoint(Number.parseInt(part.label.slice(2), 16)),
          )
          .join('');
        expect(whole).toBe(text);
        for (const part of parts) {
          if (part.kind === 'mark') continue;
          const codes = [...part.text].map((character) => character.codePointAt(0) ?? 0);
          expect(codes.some((code) => code < 0x20 && ![0x09, 0x0a, 0x0d].includes(code))).toBe(false);
          expect(codes.some((code) => code >= 0x202a && code <= 0x202e)).toBe(false);
        }
      }),
    );
  });
});
