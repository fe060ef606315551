/**
 * The body of `POST /v1/workflows/import` over plain HTTP: the file itself, as `curl --data-binary @file` sends it, or an
 * object around it. Read here and not like other calls, so that archives and equal keys are told as what they are.
 */
import { readImportBytes } from './import-file.ts';

/** The path of the call. */
export const importPath = '/v1/workflows/import';

/** Keys of the object around a file; a file has none of them. */
const around = new Set(['file', 'document', 'passphrase', 'restore']);

/** What the contract takes. @throws AppError as `readImportBytes` does */
export function readImportBody(bytes: Uint8Array): object {
  if (bytes.length === 0) return {};
  const value = readImportBytes(bytes);
  const keys = Object.keys(value);
  const isAround = keys.length > 0 && keys.every((key) => around.has(key));
  return isAround ? value : { document: value };
}
