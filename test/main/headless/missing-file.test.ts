/** Files of the interface that were there when the admin port opened and are gone now, as after another build. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { createSilentLogger } from '../../../src/main/base/logger.ts';
import { startAdminServer } from '../../../src/main/headless/admin-server.ts';
import { makeTempDir } from '../../support/temp-dir.ts';

it('answers 404 for a file that is gone, and 503 for the page itself', async () => {
  const dir = makeTempDir();
  mkdirSync(join(dir.path, 'assets'));
  writeFileSync(join(dir.path, 'index.html'), '<!doctype html>');
  writeFileSync(join(dir.path, 'assets/page.js'), 'export {};');
  const server = await startAdminServer({
    port: 0,
    token: 'a token',
    rendererDir: pathToFileURL(`${dir.path}/`),
    onSession: () => undefined,
    logger: createSilentLogger(),
  });
  const statusOf = async (path: string) => (await fetch(`http://127.0.0.1:${server.port}${path}`)).status;
  expect([await statusOf('/'), await statusOf('/assets/page.js')]).toEqual([200, 200]);
  rmSync(join(dir.path, 'assets/page.js'));
  rmSync(join(dir.path, 'index.html'));
  expect([
    await statusOf('/assets/page.js'),
    await statusOf('/assets/other.js'),
    await statusOf('/'),
  ]).toEqual([404, 404, 503]);
  await server.close();
  dir.remove();
});
