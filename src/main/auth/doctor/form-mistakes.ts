/** Mistakes of form: the digest is right and stands in another place, encoding or dress than the endpoint wants. */
import type { DigestRule } from './digest-rule.ts';
import type { Mistake } from './mistake.ts';
import type { PresentedDigest } from './presented-digests.ts';

const inWords = { sha1: 'SHA-1', sha256: 'SHA-256', sha512: 'SHA-512' } as const;

export interface FormMistakes {
  readonly tried: readonly Mistake[];
  /** What is wrong with the form of a digest; `isAlone`: nothing else is wrong, so something of it must be. */
  of(digest: PresentedDigest, isAlone: boolean): readonly Mistake[];
}

/** The mistakes of form against a rule. */
export function formMistakes({ digest: right }: DigestRule): FormMistakes {
  const place = right.place === 'header' ? `the header ${right.name}` : `the query parameter ${right.name}`;
  const wanted = right.prefix === '' ? 'no prefix' : `the prefix ${right.prefix}`;
  const algorithm: Mistake = {
    id: 'algorithm',
    title: 'Another algorithm',
    clause: `the caller did not sign with ${inWords[right.algorithm]}`,
    mend: `Let the caller use HMAC with ${inWords[right.algorithm]}.`,
  };
  const encoding: Mistake = {
    id: 'encoding',
    title: 'Hex in place of base64, or base64 in place of hex',
    clause: `the caller did not write the digest in ${right.encoding}`,
    mend: `Let the caller write the digest in ${right.encoding}.`,
  };
  const prefix: Mistake = {
    id: 'prefix',
    title: 'Prefix missing, kept or another',
    clause: `the signature does not have ${right.prefix === '' ? 'the bare form' : wanted}`,
    mend: `Let the caller write the digest with ${wanted}.`,
  };
  const header: Mistake = {
    id: 'other-place',
    title: 'The signature in another header or in the query',
    clause: `the signature stands in another place than ${place}`,
    mend: `Let the caller send the signature in ${place}.`,
  };
  const dress: Mistake = {
    id: 'dress',
    title: 'Something beside the signature in its header',
    clause: `something beside the signature stands in ${place}`,
    mend: `Let the caller send nothing but the signature in ${place}, once.`,
  };
  return {
    tried: [algorithm, encoding, prefix, header, dress],
    of(digest, isAlone) {
      const isPlace = digest.place === right.place && digest.name.toLowerCase() === right.name.toLowerCase();
      const isUsual = right.prefix === '' && digest.prefix === `${digest.algorithm}=`;
      const found = [
        ...(digest.algorithm === right.algorithm
          ? []
          : [
              {
                ...algorithm,
                clause: `the caller signed with ${inWords[digest.algorithm]} where ${inWords[right.algorithm]} is expected`,
              },
            ]),
        ...(digest.encoding === right.encoding
          ? []
          : [
              {
                ...encoding,
                clause: `the caller wrote the digest in ${digest.encoding} where ${right.encoding} is expected`,
              },
            ]),
        ...(digest.prefix === right.prefix || (isUsual && !isAlone)
          ? []
          : [{ ...prefix, clause: prefixClause(digest.prefix, right.prefix) }]),
        ...(isPlace ? [] : [header]),
      ];
      return found.length === 0 && isAlone ? [dress] : found;
    },
  };
}

/** Only prefixes everyone uses are named: anything else is the caller's own text. */
function prefixClause(sent: string, right: string): string {
  const known = /^(?:sha\d{1,3}|hmac|v\d{1,2}|t|ts|s|h1|signature)[=:,]$/i.test(sent)
    ? `"${sent}"`
    : 'another prefix';
  if (sent === '') return `the prefix "${right}" is missing before the digest`;
  if (right === '')
    return `the digest stands behind ${known === 'another prefix' ? 'a prefix' : `the prefix ${known}`}, where none belongs`;
  return `the digest stands behind ${known}, where "${right}" belongs`;
}
