/**
 * Hides known secret values in what comes back: a target that echoes our credentials must not put them into the run
 * (RELIABILITY N8). Exact values, and the forms in which programs write them: base64 wherever it begins, URL-encoded,
 * hex, escaped in JSON and HTML.
 */

/** Shorter values would blank out ordinary text. */
const shortest = 4;
/** Shorter ones inside base64 are found by chance. */
const shortestInside = 6;
const cover = '***';

export interface Mask {
  text(text: string): string;
  /** Every text, number and key inside a JSON value. */
  value(value: unknown): unknown;
}

/** Base64 of the secret wherever it stands in a longer text: what does not depend on its neighbours. */
function insideBase64(bytes: Buffer): readonly string[] {
  if (bytes.length < shortestInside) return [];
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const from = before === 0 ? 0 : before + 1;
    const rest = (before + bytes.length) % 3;
    const whole = text.slice(from, rest === 0 ? undefined : -1);
    return [whole, whole.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** The forms of one secret people meet in answers. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  const encoded = encodeURIComponent(secret);
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    bytes.toString('base64'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    ...insideBase64(bytes),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    encoded,
    encoded.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    new URLSearchParams([['', secret]]).toString().slice(1),
    json,
    json.replaceAll('/', '\\/'),
    // JSON kept as a text inside JSON.
    JSON.stringify(json).slice(1, -1),
    secret.replace(/[&<>"']/g, (character) => escapes[character] ?? character),
  ];
}

/** A mask over secret values; those under four characters are left alone. */
export function createMask(secrets: Iterable<string>): Mask {
  const kept = [...new Set(secrets)].filter((secret) => secret.length >= shortest);
  // Longest first, so that no form is cut up by a shorter one inside it.
  const forms = [...new Set(kept.flatMap(formsOf))]
    .filter((form) => form.length >= shortest)
    .sort((one, other) => other.length - one.length);
  const text = (plain: string): string =>
    forms.reduce((masked, form) => (masked.includes(form) ? masked.replaceAll(form, cover) : masked), plain);
  const value = (plain: unknown): unknown => {
    if (typeof plain === 'string') return text(plain);
    if (typeof plain === 'number') return kept.includes(String(plain)) ? cover : plain;
    if (Array.isArray(plain)) return plain.map(value);
    if (typeof plain !== 'object' || plain === null) return plain;
    return Object.fromEntries(Object.entries(plain).map(([name, item]) => [text(name), value(item)]));
  };
  return { text, value: (plain) => (forms.length === 0 ? plain : value(plain)) };
}
