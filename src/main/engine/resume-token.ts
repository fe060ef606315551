/**
 * Resume URLs (SPEC 3, Waits). A token is derived from the run, the node and a key only this install has, so a step
 * before the wait can already tell it to the world, while the store holds nothing but its hash.
 */
import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Logger } from '../base/logger.ts';
import type { Vault } from '../base/vault.ts';
import type { Store } from '../store/open-store.ts';

export interface ResumeTokens {
  /**
   * The token of a waiting node in a run: 256 bits as base64url.
   * @param turn how often the run, or the round of a loop, came to this node before; each arrival has its own token.
   * @param rounds numbers of the rounds of loops around the node, the outermost first
   */
  tokenOf(runId: string, nodeId: string, turn: number, rounds?: readonly number[]): string;
}

const settingKey = 'engine.resumeKey';
const sealPlace = 'engine:resumeKey';

/** Path of the URL that resumes by a token. */
export function resumePath(token: string): string {
  return `/hooks/resume/${token}`;
}

/** What the store keeps of a token: sha256 as hex. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function makeTokens(key: string): ResumeTokens {
  return {
    tokenOf: (runId, nodeId, turn, rounds = []) =>
      createHmac('sha256', key)
        .update(JSON.stringify([runId, nodeId, turn, ...rounds]))
        .digest('base64url'),
  };
}

/**
 * Opens this install's key, or makes one. When the vault can not open the old one a new one takes its place: tokens of
 * runs that already wait are kept as hashes and go on working.
 */
export async function loadResumeTokens(store: Store, vault: Vault, logger: Logger): Promise<ResumeTokens> {
  const sealed = store.read.settings.get(settingKey);
  if (typeof sealed === 'string') {
    try {
      return makeTokens(vault.open(sealed, sealPlace));
    } catch (thrown) {
      logger.warn({ err: thrown }, 'the key of resume URLs can not be opened; a new one is made');
    }
  }
  const key = randomBytes(32).toString('base64url');
  await store.write('setSetting', { key: settingKey, value: vault.seal(key, sealPlace) });
  return makeTokens(key);
}
