/**
 * The composition root: the one place that sees everything. Starts store, vault, sandbox, engine and receiver in this
 * order, each upon the one before, and stops them the other way round, so that nobody is ever called who is not there
 * (SPEC 1). Desktop and headless hosts differ in what they hand in, and in nothing else.
 */
import { createReceiverControl, type SettingsChanges } from './api/receiver-control.ts';
import { seedFirstStart, writeSampleCurl } from './api/first-start.ts';
import { createSilenceWatch } from './api/health/silence-watch.ts';
import { createJobRunner } from './api/job-runner.ts';
import { createNotices, type Notices } from './api/notifications.ts';
import type { ApiParts } from './api/parts.ts';
import { createRestMount } from './api/rest.ts';
import { type ApiRouter, createRouter } from './api/router.ts';
import { countUnreadableSecrets } from './api/unreadable-secrets.ts';
import { localOrigin } from './base/addresses.ts';
import { type Clock, systemClock } from './base/clock.ts';
import { newId } from './base/ids.ts';
import { gatherKeys, type KeyHolder } from './base/key-holder.ts';
import { createLifecycle } from './base/lifecycle.ts';
import type { Logger } from './base/logger.ts';
import { createSealedVault } from './base/sealed-vault.ts';
import type { Vault } from './base/vault.ts';
import { createEngine } from './engine/engine.ts';
import type { StubSource } from './engine/stubs.ts';
import { createReceiver, type Receiver } from './receiver/receiver.ts';
import { createSandbox, type SandboxOptions } from './sandbox/sandbox.ts';
import { openStore, type Store } from './store/open-store.ts';
import { createRetention } from './store/retention.ts';

/** Places of files that lie elsewhere in the sources and in the build; entries know them. */
export interface AppFiles {
  readonly storeWriter: URL;
  readonly sandboxWorker: URL;
  /** Folder of the sample workflows. */
  readonly samples: URL;
}

/** Who may keep the data key: the present host first, then whoever else may have one of this folder. */
export interface KeyHolders {
  readonly home: KeyHolder;
  readonly others: readonly KeyHolder[];
}

export interface AppOptions {
  readonly dataDir: string;
  readonly version: string;
  readonly files: AppFiles;
  readonly keyHolders: (installId: string) => KeyHolders | Promise<KeyHolders>;
  /** Given at start; they hold for this process, whatever is stored. */
  readonly settings: SettingsChanges;
  readonly apiToken: string | undefined;
  /** `fail`: a port in use ends the start. `wait`: the app opens, says so and goes on trying. */
  readonly onPortInUse: 'fail' | 'wait';
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly raiseWall?: SandboxOptions['raiseWall'];
  /** Ends that stand for doing steps: in a process that runs regression tests. */
  readonly stubs?: StubSource;
  /** Fills an empty folder, instead of the sample of a first start. */
  readonly fill?: (parts: ApiParts) => Promise<void>;
  /** Ports the host itself listens on beside the receiver's; no step may call them. */
  readonly hostPorts?: () => readonly number[];
}

export interface App {
  readonly router: ApiRouter;
  readonly dataDir: string;
  /** What workflows tell the operator, for a host that shows it itself. */
  readonly notices: Notices;
  /** Origin under which this machine reaches the receiver. */
  receiverOrigin(): string;
  /** Stops accepting, answers what is in flight (at most 10 s), and closes the store. Never rejects. */
  stop(): Promise<void>;
}

const installKey = 'installId';
/** Live runs past which requests are refused with `busy` (SPEC 12). */
const queueLimit = 100_000;

/**
 * Starts the app.
 * @throws AppError `data_folder_locked`, `data_folder_unusable`, `port_in_use`; what was started is stopped again
 */
export async function createApp(options: AppOptions): Promise<App> {
  const { dataDir, version, files, logger, clock = systemClock } = options;
  const lifecycle = createLifecycle(logger);
  try {
    const store = await openStore({ dataDir, writerUrl: files.storeWriter, logger, clock });
    lifecycle.onStop('store', () => store.close());
    const vault = await openVault(store, options);
    warnOfUnreadable(store, vault, logger);

    const { raiseWall } = options;
    const sandbox = createSandbox({
      workerUrl: files.sandboxWorker,
      logger,
      ...(raiseWall === undefined ? {} : { raiseWall }),
    });
    lifecycle.onStop('sandbox', () => sandbox.close());
    const control = createReceiverControl({
      store,
      receiver: (): Receiver => receiver,
      logger,
      overrides: options.settings,
    });
    const origin = (): string => {
      const { host, port } = control.listening();
      return localOrigin(host, port);
    };
    const engine = createEngine({
      store,
      sandbox,
      vault,
      clock,
      logger,
      publicOrigin: () => control.settings().publicUrl ?? origin(),
      ownPorts: () => [control.listening().port, ...(options.hostPorts?.() ?? [])],
      stepsAtOnce: () => control.settings().stepsAtOnce,
      ...(options.stubs === undefined ? {} : { stubs: options.stubs }),
    });
    lifecycle.onStop('engine', () => engine.stop());

    const closing = new AbortController();
    const parts: ApiParts = {
      store,
      engine,
      get receiver() {
        return receiver;
      },
      get jobs() {
        return jobs;
      },
      control,
      vault,
      sandbox,
      clock,
      logger,
      dataDir,
      samples: files.samples,
      version,
      startedAt: clock.now(),
      closing: closing.signal,
      processToken: options.apiToken,
    };
    const jobs = createJobRunner(parts);
    const router = createRouter(parts);
    const receiver = createReceiver({
      store,
      engine,
      sandbox,
      vault,
      clock,
      logger,
      settings: () => {
        const { trustedHops, publicUrl } = control.settings();
        return { trustedHops, publicUrl, queueLimit };
      },
      fallback: createRestMount(parts, router),
    });
    await (options.fill === undefined ? seedFirstStart(parts, files.samples) : options.fill(parts));
    await engine.start();
    const silence = createSilenceWatch(parts);
    silence.start();
    lifecycle.onStop('silence watch', () => silence.stop());
    lifecycle.onStop('receiver', () => receiver.close());
    lifecycle.onStop('receiver control', () => control.stop());
    lifecycle.onStop('streams', () => closing.abort());
    await (options.onPortInUse === 'fail' ? control.start() : control.startPatiently());
    await jobs.start();
    lifecycle.onStop('jobs', () => jobs.stop());
    const retention = createRetention({
      store,
      dataDir,
      clock,
      logger,
      limits: () => control.settings().retention,
    });
    retention.start();
    lifecycle.onStop('retention', () => retention.stop());
    await writeSampleCurl(parts);
    return {
      router,
      dataDir,
      notices: createNotices(parts),
      receiverOrigin: origin,
      stop: () => lifecycle.stop(),
    };
  } catch (error) {
    await lifecycle.stop();
    throw error;
  }
}

async function openVault(store: Store, options: AppOptions): Promise<Vault> {
  const stored = store.read.settings.get(installKey);
  const installId = typeof stored === 'string' ? stored : newId('ins');
  if (stored !== installId) await store.write('setSetting', { key: installKey, value: installId });
  const { home, others } = await options.keyHolders(installId);
  const keys = await gatherKeys(home, others, options.logger);
  return createSealedVault({ keys, description: home.description });
}

/** RELIABILITY 5, Loss: events stay readable, endpoints answer 503, secrets can be set again one by one. */
function warnOfUnreadable(store: Store, vault: Vault, logger: Logger): void {
  const unreadable = countUnreadableSecrets(store, vault);
  if (unreadable === 0) return;
  logger.error(
    { secrets: unreadable },
    'secrets of this data folder were encrypted with a key that is not here; their endpoints answer 503 until they are set again',
  );
}
