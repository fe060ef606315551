/** Everything in a request that may be a digest, wherever it stands and however it is written. */
import type { AuthCheck } from '../scheme.ts';

/** What a digest of so many bytes was made with. */
const algorithms = new Map([
  [20, 'sha1'],
  [32, 'sha256'],
  [64, 'sha512'],
] as const);
export type DigestAlgorithm = 'sha1' | 'sha256' | 'sha512';

export interface PresentedDigest {
  readonly place: 'header' | 'query';
  /** Name of the header or parameter. */
  readonly name: string;
  readonly encoding: 'hex' | 'base64' | 'base64url' | 'base64 of hex';
  readonly algorithm: DigestAlgorithm;
  /** What stands before the digest in its entry, e.g. `sha256=`. */
  readonly prefix: string;
  readonly bytes: Uint8Array;
}

const mostDigests = 40;
/** Entries of one value that are looked at. */
const mostEntries = 20;

/** The digests of a request, at most 40. */
export function presentedDigests({
  raw,
  query,
}: Pick<AuthCheck, 'raw' | 'query'>): readonly PresentedDigest[] {
  const places = [
    ...raw.headers.map(([name, value]) => ({ place: 'header' as const, name, value })),
    ...query.map(([name, value]) => ({ place: 'query' as const, name, value })),
  ];
  return places.flatMap((place) => digestsIn(place)).slice(0, mostDigests);
}

function digestsIn({ place, name, value }: Pick<PresentedDigest, 'place' | 'name'> & { value: string }) {
  const entries = value.split(/[,;\s]+/, mostEntries);
  return entries.flatMap((entry, at): PresentedDigest[] => {
    const head = /^[\w-]{1,20}[=:](?=.{20})/.exec(entry)?.[0] ?? '';
    const text = entry.slice(head.length).replace(/^["']|["']$/g, '');
    // Standard Webhooks writes "v1,digest", which the split has parted.
    const version = head === '' && /^v\d$/.test(entries[at - 1] ?? '') ? `${entries[at - 1]},` : head;
    return readDigest(text).flatMap(({ bytes, encoding }) => {
      const algorithm = algorithmOf(bytes);
      return algorithm === undefined ? [] : [{ place, name, encoding, algorithm, prefix: version, bytes }];
    });
  });
}

function algorithmOf({ byteLength }: Uint8Array): DigestAlgorithm | undefined {
  for (const [length, name] of algorithms) if (length === byteLength) return name;
  return undefined;
}

function readDigest(text: string): readonly Pick<PresentedDigest, 'bytes' | 'encoding'>[] {
  if (text.length > 200) return [];
  const bare = text.replace(/=+$/, '');
  const found: Pick<PresentedDigest, 'bytes' | 'encoding'>[] = [];
  if (/^(?:[0-9a-f]{2})+$/i.test(text)) found.push({ bytes: Buffer.from(text, 'hex'), encoding: 'hex' });
  const bytes = Buffer.from(text, 'base64');
  for (const encoding of ['base64', 'base64url'] as const) {
    if (bare === '' || bytes.toString(encoding).replace(/=+$/, '') !== bare) continue;
    found.push({ bytes, encoding });
    const inner = bytes.toString('latin1');
    if (/^(?:[0-9a-f]{2})+$/i.test(inner))
      found.push({ bytes: Buffer.from(inner, 'hex'), encoding: 'base64 of hex' });
    break;
  }
  return found;
}
