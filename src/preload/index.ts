/**
 * The bridge of the sandboxed window: one function that asks the main process for a port, and the port handed on to the
 * page. It knows no more than that, so there is nothing here a page could misuse.
 */
import { contextBridge, ipcRenderer } from 'electron';
import { connectChannel, portMessage } from '../shared/bridge.ts';

contextBridge.exposeInMainWorld('hookyard', {
  requestPort: () => ipcRenderer.send(connectChannel),
});

ipcRenderer.on(portMessage, ({ ports }) => {
  window.postMessage(portMessage, window.location.origin, [...ports]);
});
