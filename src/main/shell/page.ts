/**
 * The page of the window: the built interface under `app://hookyard`, a scheme of its own instead of http or file, so
 * no other program can serve it and it can read nothing but itself (RELIABILITY 2 D). In development Vite's page.
 */
import { app, protocol } from 'electron';
import { findPageFiles } from '../base/page-files.ts';
import { pageHeaders, pagePolicy } from '../base/page-policy.ts';

const scheme = 'app';
const builtPage = `${scheme}://hookyard/`;

/** Tells Chromium about the scheme; has to be done before the app is ready. */
export function registerScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ]);
}

/** Address of the page. electron-vite names its development server; a packaged app never listens to that. */
export function pageUrl(): URL {
  const development = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL'];
  return new URL(development ?? builtPage);
}

/** Whether an address is our page, whatever stands behind its #. */
export function isOwnPage(address: string): boolean {
  const own = pageUrl();
  const url = URL.canParse(address) ? new URL(address) : undefined;
  return url?.protocol === own.protocol && url.host === own.host;
}

/** Serves the built interface: known files only. */
export async function servePage(rendererDir: URL): Promise<void> {
  const files = await findPageFiles(rendererDir);
  const headers = { ...pageHeaders, 'content-security-policy': pagePolicy(), 'cache-control': 'no-store' };
  protocol.handle(scheme, async (request) => {
    const { host, pathname } = new URL(request.url);
    const file = host === 'hookyard' && request.method === 'GET' ? files.get(pathname) : undefined;
    if (file === undefined) return new Response('Nothing is here.', { status: 404, headers });
    const bytes = new Uint8Array(await file.read());
    return new Response(bytes, { headers: { ...headers, 'content-type': file.contentType } });
  });
}
