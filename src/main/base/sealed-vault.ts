/**
 * The vault: AES-256-GCM with a fresh 96-bit nonce, the place of the value authenticated with it, and the id of the
 * key in front, so that several keys can be in use and a missing one is told from a damaged value (RELIABILITY 5).
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import type { Vault } from './vault.ts';

const version = 'v1';
const cipherName = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** Bytes of a data key. */
export const dataKeyBytes = 32;

/** A fresh data key. */
export function newDataKey(): Buffer {
  return randomBytes(dataKeyBytes);
}

/** The name under which sealed values ask for their key; tells nothing about the key. */
export function keyIdOf(key: Buffer): string {
  return createHash('sha256').update('hookyard data key\0').update(key).digest('hex').slice(0, 16);
}

interface SealedVaultInit {
  /** The first seals; any may open. */
  readonly keys: readonly [Buffer, ...Buffer[]];
  readonly description: string;
}

/** A vault over keys at hand. */
export function createSealedVault({ keys, description }: SealedVaultInit): Vault {
  const byId = new Map(keys.map((key) => [keyIdOf(key), key]));
  const [current] = keys;
  const currentId = keyIdOf(current);

  return {
    description,

    seal(plain, place) {
      const nonce = randomBytes(nonceBytes);
      const cipher = createCipheriv(cipherName, current, nonce, { authTagLength: tagBytes });
      cipher.setAAD(Buffer.from(place));
      const sealed = Buffer.concat([
        nonce,
        cipher.update(plain, 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ]);
      return `${version}.${currentId}.${sealed.toString('base64url')}`;
    },

    open(sealed, place) {
      const [format, keyId = '', text = ''] = sealed.split('.');
      const key = byId.get(keyId);
      if (format !== version) throw unreadable('A secret is stored in a form this version does not know.');
      if (key === undefined)
        throw unreadable('The key a secret was encrypted with is not here; set it again.');
      const bytes = Buffer.from(text, 'base64url');
      if (bytes.length < nonceBytes + tagBytes) throw unreadable('A stored secret is damaged; set it again.');
      const decipher = createDecipheriv(cipherName, key, bytes.subarray(0, nonceBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(Buffer.from(place));
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      try {
        const plain = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
        return Buffer.concat([plain, decipher.final()]).toString('utf8');
      } catch (cause) {
        throw unreadable('A stored secret was changed or moved; set it again.', cause);
      }
    },
  };
}

/** P9: what cannot be opened is never treated as absent or as right. */
function unreadable(reason: string, cause?: unknown): AppError {
  return new AppError({ code: 'endpoint_misconfigured', reason, cause });
}
