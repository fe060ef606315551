/**
 * Files to be imported, in the data folder until their import has ended: whole and synced before a job is made of one,
 * so that it can go on after any end of the process. Their names are ours alone.
 */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { importBytes } from '../../shared/contract/records.ts';
import { AppError } from '../../shared/errors.ts';
import { newId } from '../base/ids.ts';
import type { ApiParts } from './parts.ts';

type Place = Pick<ApiParts, 'dataDir' | 'store' | 'clock'>;

/** How long a file is kept that nobody made a job of. */
const keptMs = 3_600_000;

const folderOf = ({ dataDir }: Pick<ApiParts, 'dataDir'>): string => join(dataDir, 'imports');
const fileOf = (place: Pick<ApiParts, 'dataDir'>, upload: string): string => join(folderOf(place), upload);

function tooLarge(): AppError {
  return new AppError({ code: 'payload_too_large', message: 'A file to be imported has at most 50 MiB.' });
}

/** Adds pieces to a file, or makes one; answers its name and size. @throws AppError `payload_too_large`, `not_found` */
export async function keepUpload(
  place: Place,
  pieces: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  upload?: string,
): Promise<{ readonly upload: string; readonly bytes: number }> {
  sweepUploads(place);
  mkdirSync(folderOf(place), { recursive: true, mode: 0o700 });
  const name = upload ?? newId('upl');
  const file = fileOf(place, name);
  if (upload !== undefined) await requireUpload(place, upload);
  let bytes = upload === undefined ? 0 : (await stat(file)).size;
  try {
    const handle = await open(file, upload === undefined ? 'wx' : 'a', 0o600);
    try {
      for await (const piece of pieces) {
        bytes += piece.byteLength;
        if (bytes > importBytes) throw tooLarge();
        await handle.writeFile(piece);
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    dropUpload(place, name);
    if (thrown instanceof AppError) throw thrown;
    throw new AppError({ code: 'storage_unavailable', cause: thrown });
  }
  return { upload: name, bytes };
}

async function requireUpload(place: Place, upload: string): Promise<void> {
  const found = await stat(fileOf(place, upload)).catch(() => undefined);
  if (found?.isFile() === true) return;
  throw new AppError({ code: 'not_found', message: 'This file is no longer kept; send it again.' });
}

/** The bytes of a file. @throws AppError `not_found` */
export async function readUpload(place: Place, upload: string): Promise<Buffer> {
  await requireUpload(place, upload);
  return readFile(fileOf(place, upload));
}

/** Removes a file whose import has ended. */
export function dropUpload(place: Pick<ApiParts, 'dataDir'>, upload: string): void {
  rmSync(fileOf(place, upload), { force: true });
}

/** Removes files that no import needs and nobody sent lately. */
export function sweepUploads(place: Place): void {
  const folder = folderOf(place);
  let names: readonly string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    return;
  }
  const needed = new Set(place.store.read.imports.uploads());
  for (const name of names.filter((one) => /^upl_[0-9a-z]{26}$/.test(one) && !needed.has(one))) {
    const changedAt = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (place.clock.now() - changedAt > keptMs) dropUpload(place, name);
  }
}
