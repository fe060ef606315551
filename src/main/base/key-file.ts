/**
 * The key file: 0600, outside the data folder, so a copied database alone opens nothing. A file others can read is
 * refused rather than used (RELIABILITY P4).
 */
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AppError } from '../../shared/errors.ts';
import type { KeyHolder } from './key-holder.ts';
import { dataKeyBytes } from './sealed-vault.ts';

const heading = '# Keys for the secrets of one Hookyard data folder. Without this file they can not be read.';

/** Keeps keys in one file, a line each. */
export function createKeyFile(path: string): KeyHolder {
  return {
    description: `Secrets are encrypted; the key is in ${path}, readable by this user only.`,

    async load() {
      await refuseOpenToOthers(path);
      return parseKeys(await readIfThere(path), path);
    },

    async save(keys) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const lines = [heading, ...keys.map((key) => key.toString('base64url')), ''];
      // Written beside and renamed, so a crash leaves the old file or the new one.
      const draft = `${path}.new`;
      const file = await open(draft, 'w', 0o600);
      try {
        await file.chmod(0o600);
        await file.writeFile(lines.join('\n'));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(draft, path);
    },
  };
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return '';
    throw unusable(`The key file ${path} can not be read.`, error);
  }
}

async function refuseOpenToOthers(path: string): Promise<void> {
  // Windows has no such bits; there the folder of the user's profile is what keeps others out.
  if (process.platform === 'win32') return;
  const found = await stat(path).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw unusable(`The key file ${path} can not be read.`, error);
  });
  if (found === undefined || (found.mode & 0o077) === 0) return;
  const mode = (found.mode & 0o777).toString(8).padStart(4, '0');
  throw unusable(`The key file ${path} is open to other users (mode ${mode}). Run: chmod 600 "${path}"`);
}

function parseKeys(text: string, path: string): readonly Buffer[] {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const key = Buffer.from(line.trim(), 'base64url');
    if (key.length !== dataKeyBytes) throw unusable(`The key file ${path} is damaged.`);
    return key;
  });
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function unusable(message: string, cause?: unknown): AppError {
  return new AppError({ code: 'data_folder_unusable', message, cause });
}
