/**
 * What somebody should look at: endpoints that fell silent, live ones that answer 503 because their settings or secrets
 * can not be used (RELIABILITY C14), and a clock that may be wrong (J2). Told with the status, so every page can show it.
 */
import type { AlarmView } from '../../../shared/contract/views.ts';
import { secretFieldsOfAuth, authOf } from '../hooks.ts';
import { fieldsOfAuth } from '../../auth/registry.ts';
import type { EndpointSettings } from '../../../shared/model/endpoint.ts';
import type { EndpointRow } from '../../store/types.ts';
import { toSecretViews } from '../endpoint-secrets.ts';
import { isLive, readSurroundings } from '../endpoint-surroundings.ts';
import { settingsOf } from '../endpoint-view.ts';
import type { ApiParts } from '../parts.ts';
import { toTime } from '../times.ts';
import { resolvedOrNothing } from './exposure.ts';

/** How long what was found of secrets is good for, while the configuration stands. */
const validMs = 60_000;

/** Answers the present alarms, the oldest first; opening every secret is not done with each question. */
export function createAlarms(parts: ApiParts): () => readonly AlarmView[] {
  const { store, clock } = parts;
  let found:
    | { readonly version: number; readonly at: number; readonly alarms: readonly AlarmView[] }
    | undefined;

  function misconfigured(): readonly AlarmView[] {
    const version = store.configVersion;
    const at = clock.now();
    if (found?.version === version && Math.abs(at - found.at) < validMs) return found.alarms;
    const around = readSurroundings(parts);
    const alarms = store.read.endpoints.list().flatMap((endpoint): AlarmView[] => {
      const bound = around.bound(endpoint);
      const fault = isLive(endpoint, bound)
        ? faultOf(parts, endpoint, settingsOf(endpoint, bound))
        : undefined;
      if (fault === undefined) return [];
      return [
        {
          kind: 'misconfigured',
          endpointId: endpoint.id,
          endpointName: endpoint.name,
          since: null,
          sentence: fault,
        },
      ];
    });
    found = { version, at, alarms };
    return alarms;
  }

  function silent(): readonly AlarmView[] {
    return store.read.health.list().flatMap(({ endpointId, silentSince, lastAt }): AlarmView[] => {
      // The watch looks twice a minute; what came since it looked is seen at once.
      if (silentSince === null || (store.read.health.lastGenuineAt(endpointId) ?? 0) > silentSince) return [];
      const endpoint = store.read.endpoints.byId(endpointId);
      if (endpoint === undefined) return [];
      const since = toTime(silentSince);
      const what =
        lastAt === null
          ? `Nothing has come since it went live at ${since}`
          : `Nothing has come since ${since}`;
      const sentence = `${what}: look whether the sender still has this URL and is in service.`;
      return [{ kind: 'silence', endpointId, endpointName: endpoint.name, since, sentence }];
    });
  }

  function clocks(): readonly AlarmView[] {
    const doubt = parts.receiver.state().clockDoubt;
    const endpoint = doubt === null ? undefined : store.read.endpoints.byId(doubt.endpointId);
    if (doubt === null || endpoint === undefined) return [];
    const sentence =
      'Genuine requests come with a time that is far from this machine\u2019s: look at its date and time.';
    const since = toTime(doubt.since);
    return [{ kind: 'clock', endpointId: endpoint.id, endpointName: endpoint.name, since, sentence }];
  }

  return () =>
    [...misconfigured(), ...silent(), ...clocks()].toSorted((one, other) =>
      (one.since ?? '').localeCompare(other.since ?? ''),
    );
}

/** Why an endpoint can not judge its callers, and what mends it. */
function faultOf(parts: ApiParts, { id }: EndpointRow, settings: EndpointSettings): string | undefined {
  const resolved = resolvedOrNothing(settings);
  if (resolved === undefined) {
    return 'Every call is answered 503: its authentication settings can not be used. Set them again.';
  }
  const auth = authOf(settings);
  const { all } = secretFieldsOfAuth(auth);
  const secrets = toSecretViews(parts, id);
  const unreadable = secrets.filter(({ field, isReadable }) => all.includes(field) && !isReadable);
  const known = new Set(secrets.map(({ field }) => field));
  const required = fieldsOfAuth(auth).filter((field) => field.kind === 'secret' && field.required === true);
  const needed = resolved.scheme.needs?.(resolved.settings) ?? required.map(({ name }) => name);
  const missing = needed.filter((name) => !known.has(name));
  const names = [...unreadable.map(({ field }) => field), ...missing];
  if (names.length === 0) return undefined;
  const what = unreadable.length > 0 ? 'can not be decrypted here' : 'is not set';
  return `Every call is answered 503: its ${names.join(' and ')} ${what}. Set it again.`;
}
