/**
 * `npm run dev`: both sides reload while one edits. With a display and an Electron runtime that is electron-vite's own
 * dev mode. Without, Vite serves the page and passes its socket on to a headless host run from the sources, which is
 * restarted at each change below src/main and src/shared; the open page is given the new launch token and reloads.
 */
import './preflight.mjs';
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { forgetBuild } from './build.mjs';
import { missingDisplay, obtainElectron } from './electron-runtime.mjs';
import { at, exitCode, passSignals, toolEnv } from './project.mjs';

const HOST_SOURCES = [at('src/main'), at('src/shared')];
/** The page Vite serves; the admin port keeps its usual number beside it. */
const PAGE_PORT = 4667;
/** Editors write several files at once. */
const SETTLE_MS = 150;

const say = (line) => console.log(line);
const options = process.argv.slice(2);

const noDisplay = missingDisplay();
const runtime = noDisplay ? { reason: noDisplay } : await obtainElectron(say);
if (runtime.program) developDesktop();
else {
  say(`Developing without a window, because ${runtime.reason}.`);
  await developHeadless();
}

function developDesktop() {
  forgetBuild();
  const rootFlags = process.getuid?.() === 0 ? ['--noSandbox'] : [];
  const child = spawn('electron-vite', ['dev', '--watch', ...rootFlags, '--', ...options], {
    stdio: 'inherit',
    env: toolEnv({ ELECTRON_EXEC_PATH: runtime.program }),
    shell: process.platform === 'win32',
  });
  passSignals(child);
  child.once('exit', (code, signal) => process.exit(exitCode(code, signal)));
}

async function developHeadless() {
  const { createServer } = await import('vite');
  const { default: react } = await import('@vitejs/plugin-react');
  const adminPort = valueOf('--admin-port') ?? '4666';
  const admin = `http://127.0.0.1:${adminPort}`;
  const page = await createServer({
    configFile: false,
    root: at('src/renderer'),
    plugins: [react(), tokenForOpenPages()],
    server: {
      host: '127.0.0.1',
      port: PAGE_PORT,
      strictPort: true,
      // The admin port speaks to its own page only: here Vite vouches for the one it serves.
      proxy: { '/rpc': { target: admin, ws: true, changeOrigin: true, rewriteWsOrigin: true } },
    },
  });
  await page.listen();

  let host = startHost();
  let timer;
  page.watcher.add(HOST_SOURCES);
  page.watcher.on('all', (_, path) => {
    if (!HOST_SOURCES.some((folder) => path.startsWith(folder))) return;
    clearTimeout(timer);
    timer = setTimeout(async () => {
      say('Sources changed: restarting the host …');
      await host.stop();
      host = startHost();
    }, SETTLE_MS);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.once(signal, async () => {
      await Promise.all([host.stop(), page.close()]);
      process.exit(0);
    });
  }

  function startHost() {
    const args = valueOf('--admin-port') ? options : ['--admin-port', adminPort, ...options];
    const child = spawn(process.execPath, [at('src/main/headless.ts'), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const gone = new Promise((done) => child.once('close', done));
    child.once('exit', (code) => {
      if (code) say(`The host ended with code ${code}; it starts again at the next change.`);
    });
    createInterface({ input: child.stdout }).once('line', (line) => announce(JSON.parse(line)));
    return {
      stop: () => {
        child.kill('SIGTERM');
        return gone;
      },
    };
  }

  function announce({ receiver, admin: link }) {
    const token = new URLSearchParams(new URL(link).hash.slice(1)).get('token');
    page.ws.send({ type: 'custom', event: 'hookyard:token', data: token });
    say(`Open it      http://127.0.0.1:${PAGE_PORT}/#token=${token}`);
    say(`Webhooks at  ${receiver}`);
  }
}

/** The value of an option given as two words or with `=`. */
function valueOf(name) {
  const index = options.findIndex((option) => option === name || option.startsWith(`${name}=`));
  if (index < 0) return undefined;
  return options[index].includes('=') ? options[index].slice(name.length + 1) : options[index + 1];
}

/** Puts into each served page the few lines that take over a new token; the built page has none of it. */
function tokenForOpenPages() {
  const script = `import.meta.hot?.on('hookyard:token', (token) => {
    sessionStorage.setItem('hookyard.token', token);
    location.reload();
  });`;
  return {
    name: 'hookyard:token',
    transformIndexHtml: {
      // Before Vite's own hook, which makes a module with import.meta.hot of it.
      order: 'pre',
      handler: () => [{ tag: 'script', attrs: { type: 'module' }, children: script, injectTo: 'body' }],
    },
  };
}
