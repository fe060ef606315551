/** The vocabulary of the signature doctor: what may have gone wrong at a caller, and how that is told (SPEC 5). */
import type { SecretValues } from '../../../shared/fields.ts';
import type { ResolvedAuth } from '../registry.ts';
import type { AuthCheck } from '../scheme.ts';

/** A way of doing it wrong. Its words hold no secret and nothing the caller sent. */
export interface Mistake {
  readonly id: string;
  /** For the list of what was looked for. */
  readonly title: string;
  /** What the caller did, as a clause: "the caller …". */
  readonly clause: string;
  /** What mends it, as a sentence. */
  readonly mend: string;
}

/** Secrets that are not this endpoint's present ones. */
export interface OtherSecrets {
  readonly kind: 'former' | 'stranger';
  /** Name of the endpoint they belong to. */
  readonly name: string;
  readonly values: SecretValues;
}

/** A request with everything that may explain it. */
export interface DoctorCase {
  readonly auth: ResolvedAuth;
  /** As of the time it was judged; `secrets` are those of today. */
  readonly check: AuthCheck;
  readonly others: readonly OtherSecrets[];
}

/** What was found: mistakes that together explain the refusal, and everything that was looked for. */
export interface Search {
  readonly found: readonly Mistake[] | undefined;
  readonly tried: readonly Mistake[];
}

/** The mistake of using secrets that are not the present ones. */
export function mistakenSecrets({ kind, name }: OtherSecrets): Mistake {
  return kind === 'former'
    ? {
        id: 'former-secret',
        title: 'The secret from before the last change',
        clause: 'the caller still uses the secret from before the last change',
        mend: 'Give the caller the present secret; next time choose an overlap when you rotate it.',
      }
    : {
        id: 'other-endpoint',
        title: 'The secret of another endpoint',
        clause: `the caller uses the secret of the endpoint "${name}"`,
        mend: 'Give the caller the secret of this endpoint, or let it call the other one.',
      };
}

/** Clauses as one sentence. */
export function sentenceOf(found: readonly Mistake[]): string {
  const text = found.map(({ clause }) => clause).join(', and ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** The mendings of several mistakes, each once. */
export function mendOf(found: readonly Mistake[]): string {
  return [...new Set(found.map(({ mend }) => mend))].join(' ');
}
