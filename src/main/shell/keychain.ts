/**
 * The desktop's key holder: the data key wrapped by the system's keychain (Electron safeStorage). Linux without a
 * keyring wraps with a fixed password, which protects nothing: there the key file is used, and said so (RELIABILITY 5).
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { safeStorage } from 'electron';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import type { KeyHolders } from '../app.ts';
import { createKeyFile } from '../base/key-file.ts';
import type { KeyHolder } from '../base/key-holder.ts';
import { dataKeyBytes } from '../base/sealed-vault.ts';

const wrappedSchema = z.array(z.string()).min(1);

/** Who holds the keys of a data folder on this desktop. Usable only once the app is ready. */
export async function desktopKeyHolders(keysDir: string, installId: string): Promise<KeyHolders> {
  const file = createKeyFile(join(keysDir, `${installId}.key`));
  if (await hasKeychain()) {
    return { home: createKeychainHolder(join(keysDir, `${installId}.keychain`)), others: [file] };
  }
  const description = `This system has no keyring. ${file.description}`;
  return { home: { ...file, description }, others: [] };
}

async function hasKeychain(): Promise<boolean> {
  if (!(await safeStorage.isAsyncEncryptionAvailable())) return false;
  if (process.platform !== 'linux') return true;
  const backend = safeStorage.getSelectedStorageBackend();
  return backend !== 'basic_text' && backend !== 'unknown';
}

function createKeychainHolder(path: string): KeyHolder {
  return {
    description: 'Secrets are encrypted; the key is kept by the keychain of this system.',

    async load() {
      const wrapped = await readFile(path).catch((error: unknown) => {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw locked(error);
      });
      if (wrapped === undefined) return [];
      try {
        const { result } = await safeStorage.decryptStringAsync(wrapped);
        return wrappedSchema.parse(JSON.parse(result)).map(toKey);
      } catch (error) {
        throw locked(error);
      }
    },

    async save(keys) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const texts = keys.map((key) => key.toString('base64url'));
      const draft = `${path}.new`;
      await writeFile(draft, await safeStorage.encryptStringAsync(JSON.stringify(texts)), {
        mode: 0o600,
        flush: true,
      });
      await rename(draft, path);
    },
  };
}

function toKey(text: string): Buffer {
  const key = Buffer.from(text, 'base64url');
  if (key.length !== dataKeyBytes) throw new Error('the kept key is damaged');
  return key;
}

function locked(cause: unknown): AppError {
  return new AppError({
    code: 'data_folder_unusable',
    message:
      'The keychain does not give out the key for the secrets of this data folder. Unlock it, then try again.',
    cause,
  });
}
