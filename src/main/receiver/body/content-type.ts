/** Reads a Content-Type header as far as the receiver cares: which kind of body, and the parameters beside it. */

/** The kinds of SPEC 4.9. */
export type BodyKind = 'json' | 'form' | 'multipart' | 'other' | 'none';

export interface ContentType {
  readonly kind: BodyKind;
  /** `type/subtype`, lower case; empty without a header. */
  readonly essence: string;
  /** Lower case; undefined when not given. */
  readonly charset: string | undefined;
}

const withoutType: ContentType = { kind: 'none', essence: '', charset: undefined };
const plainJson: ContentType = { kind: 'json', essence: 'application/json', charset: undefined };

/** What a header value says; nothing and blanks count as no type. */
export function readContentType(header: string | undefined): ContentType {
  if (header === 'application/json') return plainJson;
  if (header === undefined || header.trim() === '') return withoutType;
  const semicolon = header.indexOf(';');
  const essence = (semicolon === -1 ? header : header.slice(0, semicolon)).trim().toLowerCase();
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)"?/i.exec(header)?.[1]?.toLowerCase();
  return { kind: kindOf(essence), essence, charset };
}

function kindOf(essence: string): BodyKind {
  if (essence === 'application/json' || essence === 'text/json' || /^[^/]+\/[^/]+\+json$/.test(essence))
    return 'json';
  if (essence === 'application/x-www-form-urlencoded') return 'form';
  if (essence === 'multipart/form-data') return 'multipart';
  return 'other';
}
