/**
 * Hides known secret values in what comes back: a target that echoes our credentials must not put them into the run
 * (RELIABILITY N8). Exact values, their base64 and their URL-encoded forms.
 */

/** Shorter values would blank out ordinary text. */
const shortest = 4;
const cover = '***';

export interface Mask {
  text(text: string): string;
  /** Every text and key inside a JSON value. */
  value(value: unknown): unknown;
}

/** The forms of one secret people meet in answers. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret);
  return [
    secret,
    bytes.toString('base64'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    encodeURIComponent(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
    JSON.stringify(secret).slice(1, -1),
  ];
}

/** A mask over secret values; those under four characters are left alone. */
export function createMask(secrets: Iterable<string>): Mask {
  const kept = [...secrets].filter((secret) => secret.length >= shortest);
  // Longest first, so that no form is cut up by a shorter one inside it.
  const forms = [...new Set(kept.flatMap(formsOf))]
    .filter((form) => form.length >= shortest)
    .sort((one, other) => other.length - one.length);
  const text = (plain: string): string =>
    forms.reduce((masked, form) => (masked.includes(form) ? masked.replaceAll(form, cover) : masked), plain);
  const value = (plain: unknown): unknown => {
    if (typeof plain === 'string') return text(plain);
    if (Array.isArray(plain)) return plain.map(value);
    if (typeof plain !== 'object' || plain === null) return plain;
    return Object.fromEntries(Object.entries(plain).map(([name, item]) => [text(name), value(item)]));
  };
  return { text, value: (plain) => (forms.length === 0 ? plain : value(plain)) };
}
