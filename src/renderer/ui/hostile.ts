/**
 * Finds what a sender could hide in a text: control characters, bidirectional overrides, invisible and look-alike
 * white space. Pure; `HostileText` draws the findings.
 */

export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  /** A character that would not be seen, as its label (`U+202E`) and what it is. */
  | { readonly kind: 'mark'; readonly label: string; readonly title: string };

/** First and last code points of what would not be seen, or would bend how its neighbours are read. */
const hidden: readonly (readonly [number, number])[] = [
  // Controls but tab, line feed and carriage return.
  [0x00, 0x08],
  [0x0b, 0x0c],
  [0x0e, 0x1f],
  [0x7f, 0x9f],
  // Soft hyphen, grapheme joiner, Arabic letter mark, fillers, Mongolian vowel separator.
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x61c, 0x61c],
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x180e, 0x180e],
  // Zero width, direction marks; separators, embeddings and overrides; invisible operators, isolates.
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x206f],
  [0x3164, 0x3164],
  // Half a surrogate pair; byte order mark; half-width filler; interlinear marks; tags.
  [0xd800, 0xdfff],
  [0xfeff, 0xfeff],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
  [0xe0000, 0xe007f],
];

function isHidden(code: number): boolean {
  // Nearly all texts end here.
  if (code >= 0x20 && code < 0x7f) return false;
  return hidden.some(([first, last]) => code >= first && code <= last);
}

const names: Readonly<Record<number, string>> = {
  0x00: 'null character',
  0x07: 'bell',
  0x08: 'backspace',
  0x1b: 'escape',
  0x7f: 'delete',
  0xad: 'soft hyphen',
  0x61c: 'Arabic letter mark',
  0x200b: 'zero width space',
  0x200c: 'zero width non-joiner',
  0x200d: 'zero width joiner',
  0x200e: 'left-to-right mark',
  0x200f: 'right-to-left mark',
  0x2028: 'line separator',
  0x2029: 'paragraph separator',
  0x202a: 'left-to-right embedding',
  0x202b: 'right-to-left embedding',
  0x202c: 'pop directional formatting',
  0x202d: 'left-to-right override',
  0x202e: 'right-to-left override',
  0x2066: 'left-to-right isolate',
  0x2067: 'right-to-left isolate',
  0x2068: 'first strong isolate',
  0x2069: 'pop directional isolate',
  0xfeff: 'byte order mark',
};

/** Splits a text into what can be shown as it is and what must be drawn as a mark. */
export function splitHostile(text: string): readonly TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (let index = 0; index < text.length; ) {
    const code = text.codePointAt(index) ?? 0;
    const length = code > 0xffff ? 2 : 1;
    // A zero width joiner inside an emoji belongs to it.
    if (isHidden(code) && !(code === 0x200d && isPictographic(text, index))) {
      if (index > from) parts.push({ kind: 'text', text: text.slice(from, index) });
      parts.push(markOf(code));
      from = index + length;
    }
    index += length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}

/** Whether a text holds anything that would be drawn as a mark. */
export function isHostile(text: string): boolean {
  return splitHostile(text).some((part) => part.kind === 'mark');
}

function markOf(code: number): TextPart {
  const label = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return {
    kind: 'mark',
    label,
    title: names[code] ?? (code < 0xa0 ? 'control character' : 'invisible character'),
  };
}

function isPictographic(text: string, index: number): boolean {
  return /\p{Extended_Pictographic}\uFE0F?$/u.test(text.slice(Math.max(0, index - 3), index));
}
