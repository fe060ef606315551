/**
 * What an HMAC covers: a template over the parts of a request, e.g. `{timestamp}.{body}`. Parts are put in as bytes,
 * so a body that is no UTF-8 is signed as it was received.
 */

/** The parts a `signed` template may name. */
export interface SignedParts {
  readonly body: Uint8Array;
  readonly timestamp: string;
  readonly id: string;
  readonly url: string;
  readonly method: string;
}

const slot = /(\{(?:body|timestamp|id|url|method)\})/;

/** The bytes to be signed, piece by piece; texts count as UTF-8. Braces around other words stay as they are. */
export function signedPieces(template: string, parts: SignedParts): readonly (string | Uint8Array)[] {
  if (template === '{body}') return [parts.body];
  return template
    .split(slot)
    .filter((piece) => piece !== '')
    .map((piece) => {
      switch (piece) {
        case '{body}':
          return parts.body;
        case '{timestamp}':
          return parts.timestamp;
        case '{id}':
          return parts.id;
        case '{url}':
          return parts.url;
        case '{method}':
          return parts.method;
        default:
          return piece;
      }
    });
}

/**
 * What is wrong with a template; undefined when nothing is. One that names no part would make a single signature fit every
 * request, and a word in braces that is no part is a slip of the pen.
 */
export function faultOfTemplate(template: string): string | undefined {
  const stranger = template.match(/\{\w+\}/g)?.find((word) => !slot.test(word));
  if (stranger !== undefined) return `${stranger} is none of {body} {timestamp} {id} {url} {method}.`;
  return slot.test(template) ? undefined : 'Name at least one of {body} {timestamp} {id} {url} {method}.';
}

/** Whether a template names a part. */
export function isSigned(template: string, part: keyof SignedParts): boolean {
  return template.includes(`{${part}}`);
}
