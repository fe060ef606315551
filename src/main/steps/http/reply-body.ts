/**
 * How the body of an answer is read: JSON where it says so and can be kept, else text, else base64. Nothing that comes
 * back can fail a step by its form alone.
 */
import { isUtf8 } from 'node:buffer';

/** Deeper JSON parses, and then breaks whoever writes it again; it is kept as text. */
const deepest = 100;

/** Whether a JSON text nests deeper than the product handles; brackets inside strings do not count. */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 92) index += 1;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 91 || code === 123) {
      depth += 1;
      if (depth > deepest) return true;
    } else if (code === 93 || code === 125) depth -= 1;
  }
  return false;
}

/** The text of bytes in the charset a content type names; undefined when they are no text in it. */
function textOf(body: Uint8Array, contentType: string): string | undefined {
  const charset = /charset\s*=\s*"?([^";\s]+)/i.exec(contentType)?.[1]?.toLowerCase() ?? 'utf-8';
  if (charset === 'utf-8' || charset === 'utf8')
    return isUtf8(body) ? new TextDecoder().decode(body) : undefined;
  try {
    return new TextDecoder(charset, { fatal: true }).decode(body);
  } catch {
    return isUtf8(body) ? new TextDecoder().decode(body) : undefined;
  }
}

/** Reads a body by its content type; an empty one is null. */
export function readReplyBody(body: Uint8Array, contentType: string): unknown {
  if (body.length === 0) return null;
  const text = textOf(body, contentType);
  if (text === undefined) return Buffer.from(body).toString('base64');
  if (!/^\s*[^;]*[/+]json\b/i.test(contentType) || isTooDeep(text)) return text;
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}
