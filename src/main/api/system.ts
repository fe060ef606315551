/** What belongs to the install: how it is doing, its settings, and the catalog of kinds, schemes and styles. */
import { statfs } from 'node:fs/promises';
import type { StatusView } from '../../shared/contract/views.ts';
import { authRegistry } from '../auth/registry.ts';
import { lanOrigins, localOrigin } from '../base/addresses.ts';
import { stepRegistry } from '../steps/registry.ts';
import { styleRegistry } from '../styles/registry.ts';
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

/** `status.*`, `settings.*` and `catalog.*` of the contract. */
export function systemProcedures(os: Procedures, parts: ApiParts) {
  const { store, control, clock } = parts;
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
      lastError:
        health.lastError === null
          ? null
          : { at: toTime(health.lastError.at), message: health.lastError.message },
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
    },
    catalog: {
      list: os.catalog.list.use(requires('read')).handler(() => ({
        steps: stepRegistry.map((kind) => kind.definition),
        auth: authRegistry.map((scheme) => scheme.definition),
        styles: styleRegistry.map((style) => style.definition),
      })),
    },
  };
}
