/** Signature headers that are a list of `name=value`, as in `t=1700000000,v1=…,v1=…`. */

export interface SignatureList {
  readonly separator: ',' | ';';
  /** Name of a digest; there may be several, of which any may fit. */
  readonly digest: string;
  /** Name of the time, where the list has it. */
  readonly time?: string;
}

/** The digests and the time of a list; entries of other names are passed over, and a time named twice is none. */
export function readSignatureList(
  text: string,
  { separator, digest, time }: SignatureList,
): { readonly digests: readonly string[]; readonly time: string | undefined } {
  const entries = text.split(separator).map((entry) => entry.trim());
  const valuesOf = (name: string): readonly string[] =>
    entries.flatMap((entry) => (entry.startsWith(`${name}=`) ? [entry.slice(name.length + 1)] : []));
  const times = time === undefined ? [] : valuesOf(time);
  return { digests: valuesOf(digest), time: times.length === 1 ? times[0] : undefined };
}

/** A list of one digest. */
export function writeSignatureList(digest: string, timestamp: string, list: SignatureList): string {
  const time = list.time === undefined ? [] : [`${list.time}=${timestamp}`];
  return [...time, `${list.digest}=${digest}`].join(list.separator);
}
