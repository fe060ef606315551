/**
 * Where the receiver listens, what it is told of the world outside, how long history is kept: settings that are kept, overruled at start by
 * what the command line says, and applied at once when they change. A new place that cannot be had leaves the old one
 * in use (SPEC 1).
 */
import { z } from 'zod';
import { type SettingsView, settingsSchema } from '../../shared/contract/views.ts';
import { AppError, toAppError } from '../../shared/errors.ts';
import type { Logger } from '../base/logger.ts';
import { publicUrlOf } from '../base/options.ts';
import { defaultStepsAtOnce } from '../engine/room.ts';
import type { Receiver } from '../receiver/receiver.ts';
import type { Store } from '../store/open-store.ts';
import { invalid } from './issues.ts';

/** 4665 spells HOOK. */
const defaults: SettingsView = {
  receiverHost: '127.0.0.1',
  receiverPort: 4665,
  publicUrl: null,
  trustedHops: 0,
  stepsAtOnce: defaultStepsAtOnce,
  // SPEC 12. 20 GiB: more than a machine's owner would expect, and less than fills its disk.
  retention: { days: 30, requestsPerEndpoint: 100_000, databaseBytes: 20 * 1_024 ** 3 },
};
const settingKey = 'receiver';
/** How long until a port that was in use is asked for again. */
const retryMs = 5_000;

const storedSchema = settingsSchema.partial().catch({});
const hostSchema = z.union([z.ipv4(), z.ipv6(), z.literal('localhost')]);

/** Some settings; what is left out stays as it is. */
export type SettingsChanges = Changes<Omit<SettingsView, 'retention'>> & {
  readonly retention?: Changes<SettingsView['retention']> | undefined;
};
type Changes<Values> = { readonly [Name in keyof Values]?: Values[Name] | undefined };

export interface ReceiverControl {
  settings(): SettingsView;
  /** Where it listens, or would: the port that was picked in place of 0. */
  listening(): { readonly host: string; readonly port: number };
  /** Why it does not listen, in a sentence with the way out; null while it does. */
  fault(): string | null;
  /** Listens by the present settings. @throws AppError `port_in_use` */
  start(): Promise<void>;
  /** Listens when the port comes free, and says so until then; for hosts that open all the same. */
  startPatiently(): Promise<void>;
  /** Keeps and applies changes. @throws AppError `conflict` when the new place is taken, `invalid` */
  update(changes: SettingsChanges): Promise<SettingsView>;
  /** Ends trying. */
  stop(): void;
}

/** What is used of the store: one setting. */
interface SettingStore {
  readonly read: { readonly settings: Pick<Store['read']['settings'], 'get'> };
  write(name: 'setSetting', input: { readonly key: string; readonly value: unknown }): Promise<unknown>;
}

interface ControlParts {
  readonly store: SettingStore;
  readonly receiver: () => Pick<Receiver, 'listen'>;
  readonly logger: Logger;
  /** Given at start: they hold for this process, whatever is stored. */
  readonly overrides: SettingsChanges;
}

/** The control of one receiver. */
export function createReceiverControl({ store, receiver, logger, overrides }: ControlParts): ReceiverControl {
  const stored = storedSchema.parse(store.read.settings.get(settingKey) ?? {});
  let present = changed(changed(defaults, stored), overrides);
  let bound: { readonly host: string; readonly port: number } | undefined;
  let fault: string | null = null;
  let retry: NodeJS.Timeout | undefined;

  async function listen(host: string, port: number): Promise<void> {
    clearTimeout(retry);
    bound = await receiver().listen({ host, port });
    // From here on the port that was picked in place of 0 is the port.
    present = { ...present, receiverHost: bound.host, receiverPort: bound.port };
    fault = null;
  }

  async function tryAgain(): Promise<void> {
    try {
      await listen(present.receiverHost, present.receiverPort);
      logger.info(
        { host: present.receiverHost, port: present.receiverPort },
        'the port is free again; listening',
      );
    } catch (error) {
      stumble(toAppError(error));
    }
  }

  function stumble(error: AppError): void {
    fault = `${error.message} Stop that program, or choose another port in the settings.`;
    retry = setTimeout(() => void tryAgain(), retryMs);
    retry.unref();
  }

  return {
    settings: () => present,
    listening: () => bound ?? { host: present.receiverHost, port: present.receiverPort },
    fault: () => fault,

    start: () => listen(present.receiverHost, present.receiverPort),

    async startPatiently() {
      try {
        await listen(present.receiverHost, present.receiverPort);
      } catch (error) {
        const known = toAppError(error);
        if (known.code !== 'port_in_use') throw error;
        logger.error({ err: known }, 'the receiver does not listen');
        stumble(known);
      }
    },

    async update(changes) {
      const wanted = changed(present, checked(changes));
      const place = bound ?? { host: '', port: 0 };
      const moves = wanted.receiverHost !== place.host || wanted.receiverPort !== place.port;
      if (moves && (changes.receiverHost !== undefined || changes.receiverPort !== undefined)) {
        await listen(wanted.receiverHost, wanted.receiverPort).catch((error: unknown) => {
          const known = toAppError(error);
          if (known.code === 'bad_option') throw invalid([{ path: 'receiverHost', message: known.message }]);
          if (known.code !== 'port_in_use') throw error;
          throw new AppError({
            code: 'conflict',
            message: `${known.message} Nothing was changed.`,
            cause: error,
          });
        });
      }
      present = { ...wanted, receiverPort: bound?.port ?? wanted.receiverPort };
      await store.write('setSetting', { key: settingKey, value: present });
      return present;
    },

    stop: () => clearTimeout(retry),
  };
}

function changed(base: SettingsView, changes: SettingsChanges): SettingsView {
  return {
    receiverHost: changes.receiverHost ?? base.receiverHost,
    receiverPort: changes.receiverPort ?? base.receiverPort,
    publicUrl: changes.publicUrl === undefined ? base.publicUrl : changes.publicUrl,
    trustedHops: changes.trustedHops ?? base.trustedHops,
    stepsAtOnce: changes.stepsAtOnce ?? base.stepsAtOnce,
    retention: changedRetention(base.retention, changes.retention ?? {}),
  };
}

function changedRetention(
  base: SettingsView['retention'],
  changes: NonNullable<SettingsChanges['retention']>,
): SettingsView['retention'] {
  return {
    days: changes.days ?? base.days,
    requestsPerEndpoint: changes.requestsPerEndpoint ?? base.requestsPerEndpoint,
    databaseBytes: changes.databaseBytes === undefined ? base.databaseBytes : changes.databaseBytes,
  };
}

function checked(changes: SettingsChanges): SettingsChanges {
  if (changes.receiverHost !== undefined && !hostSchema.safeParse(changes.receiverHost).success) {
    throw invalid([
      { path: 'receiverHost', message: 'must be an IP address of this machine, or 0.0.0.0 for all' },
    ]);
  }
  if (changes.publicUrl === undefined || changes.publicUrl === null) return changes;
  try {
    return { ...changes, publicUrl: publicUrlOf(changes.publicUrl) };
  } catch {
    throw invalid([
      { path: 'publicUrl', message: 'must be an http or https address, such as https://hooks.example.com' },
    ]);
  }
}
