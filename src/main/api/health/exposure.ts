/**
 * How far an endpoint is open to others: whether anyone may call it at all, and whether a call that somebody recorded can
 * be sent again and passes (RELIABILITY D6). Told from the settings alone, as a badge beside the endpoint.
 */
import type { EndpointSettings } from '../../../shared/model/endpoint.ts';
import { resolveAuth, type ResolvedAuth } from '../../auth/registry.ts';
import { textSetting } from '../../auth/scheme.ts';
import { isSigned } from '../../auth/signed-text.ts';
import { authOf } from '../hooks.ts';

export interface Exposure {
  /** Anyone who knows the URL may call. */
  readonly open: boolean;
  /** A genuine call can be sent again by whoever has seen it: neither its time nor its id is signed, nothing dedupes. */
  readonly replayable: boolean;
}

/** Auth that can not be used lets nobody in. */
const shut: Exposure = { open: false, replayable: false };

/** What the settings of an endpoint leave open. */
export function exposureOf(settings: EndpointSettings): Exposure {
  const auth = resolvedOrNothing(settings);
  if (auth === undefined) return shut;
  if (auth.scheme.definition.scheme === 'none') return { open: true, replayable: false };
  const { key = '', body } = settings.dedupe ?? {};
  const isDeduped = body === true || key.trim() !== '';
  return { open: false, replayable: !isDeduped && !isBoundToItsTime(auth) };
}

/** The auth of an endpoint ready for use; undefined where its settings are none that could be meant. */
export function resolvedOrNothing(settings: EndpointSettings): ResolvedAuth | undefined {
  try {
    return resolveAuth(authOf(settings));
  } catch {
    return undefined;
  }
}

/** Whether a signature covers something that makes the call one of its kind: its time or its id. */
function isBoundToItsTime({ scheme, provider, settings }: ResolvedAuth): boolean {
  if (provider !== undefined) return !provider.definition.replayable;
  if (scheme.definition.scheme !== 'hmac') return false;
  const signed = textSetting(settings, 'signed', '{body}');
  return isSigned(signed, 'timestamp') || isSigned(signed, 'id');
}
