/** Which URL callers use: the public one where one is set, else this machine's own (SPEC 1). */
import { localOrigin } from '../base/addresses.ts';
import type { ApiParts } from './parts.ts';

/** Origin, and path where the public URL has one, in front of every webhook path; without a last slash. */
export function callerOrigin({ control }: Pick<ApiParts, 'control'>): string {
  const { publicUrl } = control.settings();
  return publicUrl ?? ownOrigin({ control });
}

/** Origin under which this machine itself reaches the receiver. */
export function ownOrigin({ control }: Pick<ApiParts, 'control'>): string {
  const { host, port } = control.listening();
  return localOrigin(host, port);
}
