/** The bridge of the sandboxed window: what it gives the page, and that it gives nothing else. */
import { EventEmitter } from 'node:events';
import { afterAll, expect, it, vi } from 'vitest';

const stage = vi.hoisted(() => ({
  exposed: new Map<string, Record<string, () => void>>(),
  sent: new Array<string>(),
  posted: new Array<{ message: unknown; origin: string; ports: unknown[] }>(),
  ipc: undefined as EventEmitter | undefined,
}));

vi.mock('electron', () => {
  const ipcRenderer = Object.assign(new EventEmitter(), {
    send: (channel: string, ...rest: unknown[]) => stage.sent.push([channel, ...rest].join()),
  });
  stage.ipc = ipcRenderer;
  return {
    ipcRenderer,
    contextBridge: {
      exposeInMainWorld: (name: string, api: Record<string, () => void>) => stage.exposed.set(name, api),
    },
  };
});

vi.stubGlobal('window', {
  location: { origin: 'app://hookyard' },
  postMessage: (message: unknown, origin: string, ports: unknown[]) =>
    stage.posted.push({ message, origin, ports }),
});
afterAll(() => {
  vi.unstubAllGlobals();
});

it('lets the page ask for a port, hands the port on to this page alone, and knows no more than that', async () => {
  await import('../../src/preload/index.ts');
  expect([...stage.exposed.keys()]).toEqual(['hookyard']);
  const bridge = stage.exposed.get('hookyard');
  expect(Object.keys(bridge ?? {})).toEqual(['requestPort']);
  bridge?.['requestPort']?.();
  expect(stage.sent).toEqual(['hookyard:connect']);
  const port = { port: 1 };
  stage.ipc?.emit('hookyard:port', { ports: [port] });
  expect(stage.posted).toEqual([{ message: 'hookyard:port', origin: 'app://hookyard', ports: [port] }]);
});
