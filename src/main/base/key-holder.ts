/**
 * Who keeps the data key: a file of this user's (headless) or the system's keychain (desktop). Every holder at hand is
 * asked, so a folder can be opened by either host, and the present host keeps what the others knew (RELIABILITY 5).
 */
import type { Logger } from './logger.ts';
import { keyIdOf, newDataKey } from './sealed-vault.ts';

export interface KeyHolder {
  /** How it keeps the key, in one sentence for the operator. */
  readonly description: string;
  /**
   * The keys it keeps, the newest first; empty when it has none yet.
   * @throws AppError `data_folder_unusable` when it has keys that can not or must not be used.
   */
  load(): Promise<readonly Buffer[]>;
  /** Keeps these keys instead of what it had. */
  save(keys: readonly Buffer[]): Promise<void>;
}

/**
 * The keys of every holder, that of the present host (`home`) first; a fresh one when nobody has any.
 * @throws AppError `data_folder_unusable` when `home` refuses; another holder that fails is only left out.
 */
export async function gatherKeys(
  home: KeyHolder,
  others: readonly KeyHolder[],
  logger: Logger,
): Promise<readonly [Buffer, ...Buffer[]]> {
  const kept = await home.load();
  const found = [...kept];
  for (const holder of others) {
    try {
      found.push(...(await holder.load()));
    } catch (error) {
      logger.warn({ err: error }, 'a place that may hold the key for secrets could not be read');
    }
  }
  const keys = [...new Map(found.map((key) => [keyIdOf(key), key])).values()];
  const [first = newDataKey(), ...rest] = keys;
  const all: readonly [Buffer, ...Buffer[]] = [first, ...rest];
  if (all.length > kept.length) await home.save(all);
  return all;
}
