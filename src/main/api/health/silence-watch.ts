/**
 * The watch over silence: looks at every live endpoint with an alarm each half minute, keeps what it saw over restarts and
 * the pruning of requests, and has it told as a change of `alarms` when one falls silent or speaks again.
 */
import type { HealthRow } from '../../store/health-read.ts';
import { alarmHoursOf, readSurroundings } from '../endpoint-surroundings.ts';
import type { ApiParts } from '../parts.ts';
import { judgeSilence } from './silence.ts';

const paceMs = 30_000;
/** A newer request is written down when it is this much newer: the requests themselves tell until they are pruned. */
const keptEveryMs = 600_000;

export interface SilenceWatch {
  /** Looks now, and then again and again. */
  start(): void;
  /** Looks once; resolves when what was found is stored. */
  look(): Promise<void>;
  /** Looks a last time, so that the next start knows what this one knew, and ends. Never rejects. */
  stop(): Promise<void>;
}

interface Watched {
  readonly endpointId: string;
  readonly alarmHours: number;
}

/** Makes the watch; it does not look before it is started. */
export function createSilenceWatch({
  store,
  clock,
  logger,
}: Pick<ApiParts, 'store' | 'clock' | 'logger'>): SilenceWatch {
  let cancel = (): void => undefined;
  let isStopped = false;
  let found: { readonly version: number; readonly watched: readonly Watched[] } | undefined;

  /** Who is watched follows from the configuration alone, and is found out anew when that changed. */
  function watchedNow(): readonly Watched[] {
    const version = store.configVersion;
    if (found?.version === version) return found.watched;
    const around = readSurroundings({ store, clock });
    const watched = store.read.endpoints.list().flatMap((endpoint): Watched[] => {
      const alarmHours = alarmHoursOf(endpoint, around.bound(endpoint));
      return alarmHours === undefined ? [] : [{ endpointId: endpoint.id, alarmHours }];
    });
    found = { version, watched };
    return watched;
  }

  function lookAt({ endpointId, alarmHours }: Watched, before: HealthRow | undefined): HealthRow | undefined {
    const now = clock.now();
    const storedAt = store.read.health.lastGenuineAt(endpointId);
    const { lastAt, since } = judgeSilence({ alarmHours, known: before, storedAt, now });
    const after = { endpointId, armedAt: before?.armedAt ?? now, lastAt, silentSince: since };
    const wasSilent = before !== undefined && before.silentSince !== null;
    if (wasSilent !== (since !== null)) {
      logger.warn(
        { endpointId, alarmHours },
        wasSilent ? 'an endpoint speaks again' : 'an endpoint is silent',
      );
    } else if (before !== undefined && (lastAt ?? 0) - (before.lastAt ?? 0) < keptEveryMs) return undefined;
    return after;
  }

  async function look(): Promise<void> {
    await store.drain();
    const known = new Map(store.read.health.list().map((row) => [row.endpointId, row]));
    const watched = watchedNow();
    const rows = watched.flatMap((one) => lookAt(one, known.get(one.endpointId)) ?? []);
    const wanted = new Set(watched.map(({ endpointId }) => endpointId));
    const forgotten = [...known.keys()].filter((id) => !wanted.has(id));
    if (rows.length > 0 || forgotten.length > 0) await store.write('saveHealth', { rows, forgotten });
  }

  async function tryToLook(): Promise<void> {
    // What could not be stored is found again the next time.
    await look().catch((error: unknown) => logger.warn({ err: error }, 'silence could not be looked for'));
  }

  async function goOn(): Promise<void> {
    await tryToLook();
    if (!isStopped) cancel = clock.after(paceMs, () => void goOn());
  }

  return {
    start: () => void goOn(),
    look,
    async stop() {
      isStopped = true;
      cancel();
      await tryToLook();
    },
  };
}
