/** Switches an endpoint on or off: key and URL survive (SPEC 2, 11). */
import { AppError } from '../../shared/errors.ts';
import type { EndpointRow } from '../store/types.ts';
import { readSurroundings } from './endpoint-surroundings.ts';
import type { ApiParts } from './parts.ts';
import { findEndpoint } from './shared-sources.ts';

type SwitchParts = Pick<ApiParts, 'store' | 'clock'>;

/** Why a dedicated endpoint can not be active: it is live with its workflow, which is not. */
export const notLive = 'This endpoint is live with its workflow, which is not: activate the workflow.';

/** @throws AppError `not_found`; `conflict` for a dedicated one whose workflow is not live */
export async function switchEndpoint(
  parts: SwitchParts,
  id: string,
  state: EndpointRow['state'],
): Promise<void> {
  const row = findEndpoint(parts, id);
  const isLive = (): boolean =>
    readSurroundings(parts)
      .bound(row)
      .some(({ version }) => version !== null);
  if (state === 'active' && row.kind === 'dedicated' && !isLive()) {
    throw new AppError({ code: 'conflict', message: notLive });
  }
  await parts.store.write('updateEndpoint', { id, state, at: parts.clock.now() });
}
