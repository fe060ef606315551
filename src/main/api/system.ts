/** What belongs to the install: how it is doing, its settings, and the catalog of kinds, schemes and styles. */
import { statfs } from 'node:fs/promises';
import type { StatusView } from '../../shared/contract/views.ts';
import { providerRegistry } from '../auth/providers/registry.ts';
import { authRegistry } from '../auth/registry.ts';
import { lanOrigins, localOrigin } from '../base/addresses.ts';
import { stepRegistry } from '../steps/registry.ts';
import { styleRegistry } from '../styles/registry.ts';
import { createAlarms } from './health/alarms.ts';
import { mailProcedures } from './mail-settings.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { toTime } from './times.ts';

/** Minutes of the sparkline in the status bar. */
const shownMinutes = 30;
/** Figures that walk indexes are read at most this often, however many windows ask. */
const figuresAgeMs = 1_000;

interface Figures {
  readonly at: number;
  readonly counts: StatusView['counts'];
  readonly requestsPerMinute: readonly number[];
}

async function freeBytes(dataDir: string): Promise<number | null> {
  try {
    const disk = await statfs(dataDir);
    return disk.bavail * disk.bsize;
  } catch {
    return null;
  }
}

interface Fault {
  readonly at: number;
  readonly message: string;
}

/** What went wrong last: with the disk, or with an endpoint that had to refuse everybody. */
function newest(...faults: readonly (Fault | null)[]): StatusView['lastError'] {
  const [last] = faults.filter((fault) => fault !== null).toSorted((one, other) => other.at - one.at);
  return last === undefined ? null : { at: toTime(last.at), message: last.message };
}

/** `status.*`, `settings.*` and `catalog.*` of the contract. */
export function systemProcedures(os: Procedures, parts: ApiParts) {
  const { store, control, clock } = parts;
  const readAlarms = createAlarms(parts);
  let figures: Figures | undefined;

  function readFigures(): Figures {
    const now = clock.now();
    if (figures !== undefined && now - figures.at < figuresAgeMs && now >= figures.at) return figures;
    const { overview, requests } = store.read;
    figures = {
      at: now,
      counts: { ...overview.totals(), failedTriggers: requests.countFailedOpen() },
      requestsPerMinute: overview.requestsPerMinute(now, shownMinutes),
    };
    return figures;
  }

  function lastPruning(): StatusView['pruning'] {
    const last = store.read.retention.last();
    return last === undefined ? null : { ...last, at: toTime(last.at) };
  }

  async function readStatus(): Promise<StatusView> {
    const { counts, requestsPerMinute } = readFigures();
    const { queued, running, waiting } = store.read.runs.counts();
    const health = store.health();
    const { host, port } = control.listening();
    const { publicUrl } = control.settings();
    const fault = control.fault();
    return {
      version: parts.version,
      uptimeSeconds: Math.floor((clock.now() - parts.startedAt) / 1_000),
      queueDepth: queued + running,
      waitingRuns: waiting,
      counts: { ...counts },
      disk: {
        databaseBytes: health.databaseBytes + health.walBytes,
        freeBytes: await freeBytes(parts.dataDir),
      },
      pruning: lastPruning(),
      lastError: newest(health.lastError, parts.receiver.state().lastFault),
      alarms: [...readAlarms()],
      receiver: {
        listening: parts.receiver.state().listening,
        host,
        port,
        error: fault,
        addresses: {
          local: localOrigin(host, port),
          lan: [...lanOrigins(host, port)],
          public: publicUrl,
        },
      },
      requestsPerMinute: [...requestsPerMinute],
      dataDir: parts.dataDir,
      vault: parts.vault.description,
    };
  }

  return {
    status: { get: os.status.get.use(requires('read')).handler(readStatus) },
    settings: {
      get: os.settings.get.use(requires('admin')).handler(() => control.settings()),
      update: os.settings.update.use(requires('admin')).handler(({ input }) => control.update(input)),
      ...mailProcedures(os, parts),
    },
    catalog: {
      list: os.catalog.list.use(requires('read')).handler(() => ({
        steps: stepRegistry.map((kind) => kind.definition),
        auth: authRegistry.map((scheme) => scheme.definition),
        providers: providerRegistry.map((provider) => provider.definition),
        styles: styleRegistry.map((style) => style.definition),
      })),
    },
  };
}
