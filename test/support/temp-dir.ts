/** Folders that live as long as a test. Kept out of the operator's own folders, removed with all they hold. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of one's own; `using` removes it at the end of the block. */
export interface TempDir extends Disposable {
  path: string;
  remove: () => void;
}

/** Makes an empty folder, in the system's temporary folder unless told where. */
export function makeTempDir(within: string = tmpdir()): TempDir {
  const path = mkdtempSync(join(within, 'hookyard-test-'));
  const remove = (): void => rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  return { path, remove, [Symbol.dispose]: remove };
}
