/**
 * The files of the interface: found once by walking the built folder, then served by exact name. No path is ever
 * made from what a request says.
 */
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface PageFile {
  readonly contentType: string;
  /** Its name changes with its content, so it may be kept for ever. */
  readonly isImmutable: boolean;
  read(): Promise<Buffer>;
}

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wasm': 'application/wasm',
};

/** Files by pathname, `/` being the page itself; empty when nothing is built. Unknown kinds of file are left out. */
export async function findPageFiles(folder: URL): Promise<ReadonlyMap<string, PageFile>> {
  const root = fileURLToPath(folder);
  const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = new Map<string, PageFile>();
  for (const entry of entries) {
    const contentType = contentTypes[extname(entry.name)];
    if (!entry.isFile() || contentType === undefined) continue;
    const path = join(entry.parentPath, entry.name);
    const pathname = `/${relative(root, path).split(sep).join('/')}`;
    const isImmutable = pathname.startsWith('/assets/');
    files.set(pathname, { contentType, isImmutable, read: () => readFile(path) });
  }
  const page = files.get('/index.html');
  if (page !== undefined) files.set('/', page);
  return files;
}
