/**
 * `/docs`: Swagger UI from our own files, offline. The page holds no secret and needs no token; the API it describes
 * does, so it asks for one, keeps it in memory alone, and puts it on calls of `/v1` only (SPEC 11).
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Context } from 'koa';

/**
 * Swagger UI writes style attributes while it draws, hence inline styles; scripts are files of ours, and nothing is
 * loaded from or sent to anywhere but this origin.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Hookyard API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css">
    <link rel="stylesheet" href="/docs/page.css">
    <link rel="icon" href="data:,">
  </head>
  <body>
    <form id="gate">
      <h1>Hookyard API</h1>
      <p>The documentation lists every call and every active webhook of this install, so it asks for an API token
        with the scope <code>read</code>. It is kept in this page only, until you close it.</p>
      <label for="token">API token</label>
      <input id="token" type="password" autocomplete="off" required>
      <button type="submit">Show</button>
      <p id="fault" role="alert"></p>
    </form>
    <div id="docs"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/page.js"></script>
  </body>
</html>
`;

const style = `body { margin: 0; font: 16px/1.5 system-ui, sans-serif; background: #fff; color: #1a1b1e; }
#gate { max-width: 34rem; margin: 15vh auto 0; padding: 0 1.5rem; display: grid; gap: .75rem; }
#gate h1, #gate p { margin: 0; }
#gate input, #gate button { font: inherit; padding: .5rem .75rem; border: 1px solid #868e96; border-radius: .375rem; }
#gate button { justify-self: start; background: #1864ab; border-color: #1864ab; color: #fff; cursor: pointer; }
#gate :focus-visible { outline: 3px solid #4dabf7; outline-offset: 2px; }
#fault { color: #c92a2a; min-height: 1.5em; }
#gate[hidden] { display: none; }
`;

const script = `const gate = document.getElementById('gate');
const field = document.getElementById('token');
const fault = document.getElementById('fault');
gate.addEventListener('submit', async (event) => {
  event.preventDefault();
  fault.textContent = '';
  const token = field.value.trim();
  const answer = await fetch('/v1/openapi.json', { headers: { authorization: 'Bearer ' + token } }).catch(() => null);
  if (answer === null || !answer.ok) {
    const said = answer === null ? null : await answer.json().catch(() => null);
    fault.textContent = said === null ? 'Hookyard does not answer.' : said.msg;
    return;
  }
  const spec = await answer.json();
  spec.servers = [{ url: location.origin }];
  gate.hidden = true;
  field.value = '';
  SwaggerUIBundle({
    spec,
    dom_id: '#docs',
    deepLinking: false,
    validatorUrl: null,
    persistAuthorization: false,
    requestInterceptor(request) {
      const url = new URL(request.url, location.href);
      if (url.origin === location.origin && url.pathname.startsWith('/v1/')) {
        request.headers.authorization = 'Bearer ' + token;
      }
      return request;
    },
  });
});
`;

interface DocsFile {
  readonly type: string;
  read(): string | Buffer;
}

/** The files of the page by path; nothing else under `/docs` exists. */
function docsFiles(): ReadonlyMap<string, DocsFile> {
  const require = createRequire(import.meta.url);
  const packed = (name: string) => (): Buffer => readFileSync(require.resolve(`swagger-ui-dist/${name}`));
  const pageFile: DocsFile = { type: 'text/html; charset=utf-8', read: () => page };
  return new Map([
    ['/docs', pageFile],
    ['/docs/', pageFile],
    ['/docs/page.css', { type: 'text/css; charset=utf-8', read: () => style }],
    ['/docs/page.js', { type: 'text/javascript; charset=utf-8', read: () => script }],
    ['/docs/swagger-ui.css', { type: 'text/css; charset=utf-8', read: packed('swagger-ui.css') }],
    [
      '/docs/swagger-ui-bundle.js',
      { type: 'text/javascript; charset=utf-8', read: packed('swagger-ui-bundle.js') },
    ],
  ]);
}

/** Answers calls under `/docs`; false when it is another call. */
export function createDocs(): (ctx: Context) => boolean {
  const files = docsFiles();
  return (ctx) => {
    const file = files.get(ctx.path);
    if (file === undefined || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return false;
    ctx.set({
      'content-security-policy': policy,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-cache',
    });
    ctx.body = file.read();
    ctx.type = file.type;
    return true;
  };
}
