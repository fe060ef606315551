/** Delivery ids that stand in a header of their own. */
import { presentedHeader } from '../presented.ts';
import type { AuthCheck } from '../scheme.ts';

/** The header's one value; none where it is missing, empty or there twice. */
export function headerOf({ raw }: AuthCheck, name: string): string | undefined {
  const presented = presentedHeader(raw.headers, name);
  return presented.kind === 'one' && presented.value !== '' ? presented.value : undefined;
}
