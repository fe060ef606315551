/** Texts as words of a shell's command line, so that nothing in them is ever run or expanded (RELIABILITY M4). */

/** One word for a POSIX shell. */
export function shellWord(text: string): string {
  if (/^[A-Za-z0-9_@%+=:,./-]+$/.test(text) && !text.startsWith('-')) return text;
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** A single-quoted text for PowerShell. Its typographic quotes end a text as well as the plain one does. */
export function powerShellText(text: string): string {
  return `'${text.replace(/['\u2018\u2019\u201a\u201b]/g, (quote) => quote + quote)}'`;
}

/** A text literal for Python; JSON's escapes are a part of Python's. */
export function pythonText(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A text literal for JavaScript. */
export function scriptText(text: string): string {
  return JSON.stringify(text);
}
