/**
 * Finds what a sender could hide in a text: control characters, bidirectional overrides, invisible and look-alike
 * white space. Pure; `HostileText` draws the findings.
 */

export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  /** A character that would not be seen, as its label (`U+202E`) and what it is. */
  | { readonly kind: 'mark'; readonly label: string; readonly title: string };

/**
 * C0 and C1 controls but tab and line breaks, soft hyphen, Arabic letter mark, zero-width and bidi controls,
 * line and paragraph separators, variation selectors left alone, BOM, interlinear marks, tag characters, lone surrogates.
 */
const hidden =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u00AD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF9-\uFFFB]|[\u{E0000}-\u{E007F}]|\p{Surrogate}/gu;

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
  for (const match of text.matchAll(hidden)) {
    const [character] = match;
    // A zero width joiner inside an emoji belongs to it.
    if (character === '\u200D' && isPictographic(text, match.index)) continue;
    if (match.index > from) parts.push({ kind: 'text', text: text.slice(from, match.index) });
    parts.push(markOf(character));
    from = match.index + character.length;
  }
  if (from < text.length) parts.push({ kind: 'text', text: text.slice(from) });
  return parts;
}

/** Whether a text holds anything that would be drawn as a mark. */
export function isHostile(text: string): boolean {
  return splitHostile(text).some((part) => part.kind === 'mark');
}

function markOf(character: string): TextPart {
  const code = character.codePointAt(0) ?? 0;
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
