/** Turns what a schema found wrong into faults with paths people can follow (SPEC 11, `issues[{path,message}]`). */
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import { formatPath, type Issue } from '../../shared/model/document.ts';

/** The part of a schema's issue that matters here; zod and the standard-schema face both have it. */
interface RawIssue {
  readonly path?: ReadonlyArray<PropertyKey | { readonly key: PropertyKey }> | undefined;
  readonly message: string;
}

const unrecognizedSchema = z.object({ code: z.literal('unrecognized_keys'), keys: z.array(z.string()) });

/** A key too many is named in the path itself, so the path leads to the fault and not beside it. */
function expand(issue: RawIssue): readonly { path: PropertyKey[]; message: string }[] {
  const path = (issue.path ?? []).map((part) => (typeof part === 'object' ? part.key : part));
  const unrecognized = unrecognizedSchema.safeParse(issue);
  if (!unrecognized.success) return [{ path, message: issue.message }];
  return unrecognized.data.keys.map((key) => ({
    path: [...path, key],
    message: 'This key is not known here.',
  }));
}

/** Parts of a call that are no part of what the caller wrote: a body's fields are named as in the body. */
const envelopes = new Set<PropertyKey>(['body', 'query', 'params']);

/** Faults of a call's input. */
export function toInputIssues(found: readonly RawIssue[]): readonly Issue[] {
  return found.flatMap(expand).map(({ path, message }) => {
    const [first, ...rest] = path;
    return { path: formatPath(first !== undefined && envelopes.has(first) ? rest : path), message };
  });
}

/** A refusal that names each fault; its sentence is the first one's. */
export function invalid(issues: readonly Issue[]): AppError {
  const [first] = issues;
  const message =
    first === undefined ? undefined : first.path === '' ? first.message : `${first.path}: ${first.message}`;
  return new AppError({ code: 'invalid', message, details: { issues } });
}
