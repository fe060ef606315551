/** The desktop's main entry, booted for real against a stand-in `electron`, store and receiver included. */
import { readdir, readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { MessagePort } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { HookyardClient } from '../../../src/shared/contract/index.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { until } from '../../support/until.ts';
import { app, type FakeWindow, ipcMain, told } from './electron-stand-in.ts';

vi.mock('electron', () => import('./electron-stand-in.ts'));

const dir = makeTempDir();
const folder = dir.path;
const realArguments = process.argv;
const realConfigHome = process.env['XDG_CONFIG_HOME'];

function mainWindow(): FakeWindow {
  const [window] = told.windows;
  if (window === undefined) throw new Error('There is no window.');
  return window;
}

/** Asks for a port as the page does; undefined when none was given. */
function askForPort(frameUrl?: string): MessagePort | undefined {
  const { webContents } = mainWindow();
  const before = webContents.sent.length;
  const senderFrame = frameUrl === undefined ? webContents.mainFrame : { url: frameUrl };
  ipcMain.emit('hookyard:connect', { sender: webContents, senderFrame });
  return webContents.sent[before]?.ports[0];
}

function clientOver(port: MessagePort): HookyardClient {
  return createORPCClient(new RPCLink({ port }));
}

beforeAll(async () => {
  app.userData = join(folder, 'user');
  process.env['XDG_CONFIG_HOME'] = join(folder, 'config');
  process.argv = [
    'electron',
    '--no-sandbox',
    '/app',
    '--data-dir',
    join(folder, 'data'),
    '--port=0',
    '--log=json',
  ];
  await import('../../../src/main/index.ts');
  await until('the window', () => told.windows[0]?.isShown === true);
});

afterAll(() => {
  process.argv = realArguments;
  if (realConfigHome === undefined) delete process.env['XDG_CONFIG_HOME'];
  else process.env['XDG_CONFIG_HOME'] = realConfigHome;
  dir.remove();
});

describe('the desktop app', () => {
  it('opens one window that is sandboxed, isolated and without Node', () => {
    expect(told.windows).toHaveLength(1);
    expect(mainWindow().options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
    });
    expect(mainWindow().options.webPreferences?.['preload']).toMatch(/preload[/\\]index\.cjs$/);
  });

  it('shows its own page over its own scheme, with a strict policy on every answer', async () => {
    expect(mainWindow().webContents.mainFrame.url).toBe('app://hookyard/');
    expect(told.schemes).toHaveLength(1);
    for (const url of ['app://hookyard/', 'app://hookyard/../package.json', 'app://elsewhere/']) {
      const answer = await told.pageHandler?.(new Request(url));
      expect(answer?.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(answer?.headers.get('x-content-type-options')).toBe('nosniff');
      if (!url.endsWith('hookyard/')) expect(answer?.status).toBe(404);
    }
  });

  it('answers calls and tells changes over the port it hands to its page', async () => {
    const port = askForPort();
    if (port === undefined) throw new Error('There is no port.');
    const client = clientOver(port);
    const status = await client.status.get();
    expect(status.receiver.listening).toBe(true);
    expect(status.counts.workflows).toBe(1);
    const changes = await client.live.changes();
    const first = await changes.next();
    expect(first.value).toMatchObject({ topics: {} });
    const record = await client.records.create({ params: { name: 'InventoryModel' }, body: { name: 'A' } });
    const next = await changes.next();
    expect(next.value).toMatchObject({ topics: { records: ['InventoryModel'] } });
    await changes.return?.();
    await expect(client.records.get({ name: 'InventoryModel', cuid: 'nobody' })).rejects.toMatchObject({
      code: 'not_found',
      data: { requestId: expect.stringMatching(/^req_/) },
    });
    expect(record.data).toEqual({ name: 'A' });
    port.close();
  });

  it('gives no port to another frame or page', () => {
    expect(askForPort('https://evil.test/')).toBeUndefined();
    expect(askForPort('app://hookyard/')).toBeUndefined();
    const { webContents } = mainWindow();
    const own = webContents.mainFrame.url;
    webContents.mainFrame.url = 'https://evil.test/';
    expect(askForPort()).toBeUndefined();
    webContents.mainFrame.url = own;
  });

  it('stays on its page: no navigation, no windows, no embedded pages', async () => {
    const { webContents } = mainWindow();
    const isPrevented = (event: string, url: string): boolean => {
      let prevented = false;
      webContents.emit(event, { url, preventDefault: () => (prevented = true) });
      return prevented;
    };
    expect(isPrevented('will-navigate', 'https://evil.test/')).toBe(true);
    expect(isPrevented('will-redirect', 'file:///etc/passwd')).toBe(true);
    expect(isPrevented('will-attach-webview', 'https://evil.test/')).toBe(true);
    expect(isPrevented('will-navigate', 'app://hookyard/#/runs')).toBe(false);
    expect(webContents.openHandler?.({ url: 'https://evil.test/' })).toEqual({ action: 'deny' });
    await until('the question', () => told.dialogs.length === 1);
    expect(told.opened).toEqual([]);
  });

  it('opens links outside only over http and https, and only after the person agreed', async () => {
    const { webContents } = mainWindow();
    told.answer = 1;
    for (const url of [
      'file:///etc/passwd',
      'javascript:alert(1)',
      'smb://host/share',
      'https://example.com/a',
    ]) {
      expect(webContents.openHandler?.({ url })).toEqual({ action: 'deny' });
    }
    await until('the browser', () => told.opened.length > 0);
    expect(told.opened).toEqual(['https://example.com/a']);
    expect(told.dialogs.at(-1)?.detail).toBe('https://example.com/a');
    told.answer = 0;
  });

  it('grants no permission but writing to the clipboard', () => {
    for (const permission of ['media', 'geolocation', 'notifications', 'clipboard-read', 'openExternal']) {
      expect(told.permissionCheck?.(null, permission)).toBe(false);
      told.permissionRequest?.(null, permission, (allowed) => expect(allowed).toBe(false));
    }
    expect(told.permissionCheck?.(null, 'clipboard-sanitized-write')).toBe(true);
  });

  it('keeps the data key in the keychain, wrapped and outside the data folder', async () => {
    const keys = join(folder, 'config', 'hookyard', 'keys');
    const names = await readdir(keys);
    expect(names).toEqual([expect.stringMatching(/^ins_.*\.keychain$/)]);
    const wrapped = await readFile(join(keys, names[0] ?? ''));
    expect(wrapped.toString('latin1').startsWith('[')).toBe(false);
    const port = askForPort();
    if (port === undefined) throw new Error('There is no port.');
    expect((await clientOver(port).status.get()).vault).toContain('keychain');
    port.close();
  });

  it('is put away when its window is closed, and raised by a second start', () => {
    let prevented = false;
    mainWindow().emit('close', { preventDefault: () => (prevented = true) });
    expect(prevented).toBe(true);
    expect(mainWindow().isShown).toBe(false);
    app.emit('second-instance');
    expect(mainWindow().isShown).toBe(true);
    expect(mainWindow().raised).toBe(1);
    expect(told.windows).toHaveLength(1);
  });

  it('loads a page that died again', () => {
    let reloads = 0;
    mainWindow().webContents.on('reloaded', () => (reloads += 1));
    mainWindow().webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(reloads).toBe(1);
  });

  it('shows what workflows tell and ask; a click leads to the run, a button answers', async () => {
    const port = askForPort();
    if (port === undefined) throw new Error('There is no port.');
    const client = clientOver(port);
    const { id } = await client.workflows.create({
      query: { activate: true },
      body: {
        name: 'Asks',
        nodes: [
          { id: 'start', type: 'manual' },
          { id: 'tell', type: 'notify', config: { title: 'An order', message: 'of {{trigger.data.of}}' } },
          { id: 'ask', type: 'approval', config: { title: 'Take it?' } },
        ],
        edges: [
          { source: 'start', target: 'tell' },
          { source: 'tell', target: 'ask' },
        ],
      },
    });
    const started = await client.runs.start({ params: { id }, body: { input: { of: 'ada' } } });
    const runId = started.body.id;
    expect(started.body.trigger).toBe('manual');
    await until('two notifications', () => told.notifications.length === 2);
    const [notice, question] = told.notifications;
    expect(notice?.options).toMatchObject({ title: 'An order', body: 'of ada' });
    expect(question?.options).toMatchObject({ title: 'Take it?', actions: [{}, {}] });
    expect(notice?.isShown).toBe(true);
    const { raised, webContents } = mainWindow();
    question?.emit('click');
    expect(webContents.mainFrame.url).toBe(`app://hookyard/#/runs/${runId}`);
    expect(mainWindow().raised).toBe(raised + 1);
    question?.emit('action', {}, 0);
    await until('the end', async () => (await client.runs.get({ id: runId })).status === 'succeeded');
    // Answered already: the run is shown instead.
    webContents.mainFrame.url = 'app://hookyard/';
    question?.emit('action', {}, 1);
    await until('the run', () => webContents.mainFrame.url === `app://hookyard/#/runs/${runId}`);
    webContents.mainFrame.url = 'app://hookyard/';
    port.close();
  });

  it('tells a flood as one', async () => {
    const port = askForPort();
    if (port === undefined) throw new Error('There is no port.');
    const client = clientOver(port);
    const before = told.notifications.length;
    const { id } = await client.workflows.create({
      query: { activate: true },
      body: {
        name: 'Floods',
        nodes: [
          { id: 'start', type: 'manual' },
          { id: 'tell', type: 'notify', config: { title: 'Again' } },
        ],
        edges: [{ source: 'start', target: 'tell' }],
      },
    });
    for (let run = 0; run < 8; run += 1) await client.runs.start({ params: { id }, body: { wait: true } });
    expect((await client.notifications.list({})).unread).toBeGreaterThanOrEqual(8);
    expect(told.notifications.length).toBeLessThanOrEqual(before + 5);
    port.close();
  });

  it('stops the receiver and the store before it ends, once, with code 0', async () => {
    const port = askForPort();
    if (port === undefined) throw new Error('There is no port.');
    const status = await clientOver(port).status.get();
    port.close();
    app.quit();
    app.quit();
    await until('the end', () => told.exits.length > 0);
    expect(told.exits).toEqual([0]);
    await expect(reach(status.receiver.port)).rejects.toThrow('ECONNREFUSED');
    // Emptied into the database: nothing is left in the log.
    expect(await readdir(join(folder, 'data'))).not.toContain('hookyard.db-wal');
  });
});

function reach(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', (error) => reject(new Error(String(error))));
  });
}
