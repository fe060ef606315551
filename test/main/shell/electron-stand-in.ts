/**
 * A stand-in for the `electron` module: the parts the shell uses, as plain emitters that note what they were told.
 * Ports are real: those of worker_threads, wrapped the way MessagePortMain looks.
 */
import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort } from 'node:worker_threads';

/** What a test reads afterwards. */
export interface Told {
  readonly windows: FakeWindow[];
  readonly schemes: unknown[];
  readonly exits: number[];
  readonly opened: string[];
  readonly notifications: Notification[];
  pageHandler: ((request: Request) => Promise<Response>) | undefined;
  permissionCheck: ((contents: unknown, permission: string) => boolean) | undefined;
  permissionRequest:
    | ((contents: unknown, permission: string, decide: (allowed: boolean) => void) => void)
    | undefined;
  /** Index of the button the person presses in the next dialogs. */
  answer: number;
  readonly dialogs: { readonly message: string; readonly detail?: string }[];
}

export const told: Told = {
  windows: [],
  schemes: [],
  exits: [],
  opened: [],
  notifications: [],
  pageHandler: undefined,
  permissionCheck: undefined,
  permissionRequest: undefined,
  answer: 0,
  dialogs: [],
};

class FakeApp extends EventEmitter {
  readonly isPackaged = false;
  userData = '';
  requestSingleInstanceLock = (): boolean => true;
  whenReady = (): Promise<void> => Promise.resolve();
  getPath = (): string => this.userData;
  quit(): void {
    this.emit('before-quit', { preventDefault: () => undefined });
  }
  exit(code: number): void {
    told.exits.push(code);
  }
}
export const app = new FakeApp();
export const ipcMain = new EventEmitter();

export class FakeContents extends EventEmitter {
  readonly mainFrame = { url: '' };
  readonly sent: { readonly channel: string; readonly ports: readonly MessagePort[] }[] = [];
  openHandler: ((details: { url: string }) => { action: string }) | undefined;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }
  postMessage(channel: string, _message: unknown, ports: readonly { readonly real: MessagePort }[]): void {
    this.sent.push({ channel, ports: ports.map((port) => port.real) });
  }
  reload(): void {
    this.emit('reloaded');
  }
}

export class FakeWindow extends EventEmitter {
  readonly webContents = new FakeContents();
  readonly options: { readonly webPreferences?: Readonly<Record<string, unknown>> };
  isShown = false;
  raised = 0;
  constructor(options: FakeWindow['options']) {
    super();
    this.options = options;
    told.windows.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  loadURL(url: string): Promise<void> {
    this.webContents.mainFrame.url = url;
    this.emit('ready-to-show');
    return Promise.resolve();
  }
  show(): void {
    this.isShown = true;
  }
  hide(): void {
    this.isShown = false;
  }
  focus(): void {
    this.raised += 1;
  }
  maximize(): void {
    this.emit('maximize');
  }
  restore(): void {
    this.emit('restore');
  }
  isMinimized = (): boolean => false;
  isMaximized = (): boolean => false;
  getNormalBounds = () => ({ x: 10, y: 20, width: 1_000, height: 700 });
}
export { FakeWindow as BrowserWindow };

/** A port as the main process sees one: events carry their value in `data`. */
class FakePort {
  readonly real: MessagePort;
  constructor(real: MessagePort) {
    this.real = real;
  }
  on(event: string, listener: (event: { data: unknown }) => void): this {
    if (event === 'message') this.real.on('message', (data: unknown) => listener({ data }));
    else if (event === 'close') this.real.on('close', () => listener({ data: undefined }));
    return this;
  }
  postMessage(value: unknown): void {
    this.real.postMessage(value);
  }
  start(): void {
    this.real.start();
  }
}

export class MessageChannelMain {
  readonly port1: FakePort;
  readonly port2: FakePort;
  constructor() {
    const channel = new MessageChannel();
    this.port1 = new FakePort(channel.port1);
    this.port2 = new FakePort(channel.port2);
  }
}

export const protocol = {
  registerSchemesAsPrivileged: (schemes: unknown) => told.schemes.push(schemes),
  handle: (_scheme: string, handler: (request: Request) => Promise<Response>) => {
    told.pageHandler = handler;
  },
};

export const session = {
  defaultSession: {
    setPermissionCheckHandler: (handler: Told['permissionCheck']) => {
      told.permissionCheck = handler;
    },
    setPermissionRequestHandler: (handler: Told['permissionRequest']) => {
      told.permissionRequest = handler;
    },
  },
};

export const Menu = { buildFromTemplate: () => ({}), setApplicationMenu: () => undefined };
export class Tray extends EventEmitter {
  setToolTip = (): void => undefined;
  setContextMenu = (): void => undefined;
  destroy = (): void => undefined;
}
export class Notification extends EventEmitter {
  static isSupported = (): boolean => true;
  readonly options: {
    readonly title?: string;
    readonly body?: string;
    readonly actions?: readonly unknown[];
  };
  isShown = false;
  constructor(options: Notification['options']) {
    super();
    this.options = options;
    told.notifications.push(this);
  }
  show(): void {
    this.isShown = true;
  }
  close(): void {
    this.isShown = false;
  }
}
export const dialog = {
  showMessageBox: (box: { message: string; detail?: string }) => {
    told.dialogs.push(box);
    return Promise.resolve({ response: told.answer });
  },
};
export const shell = {
  openExternal: (url: string) => {
    told.opened.push(url);
    return Promise.resolve();
  },
};
export const clipboard = { writeText: () => undefined };
export const screen = {
  getDisplayMatching: () => ({ workArea: { x: 0, y: 0, width: 1_920, height: 1_080 } }),
};
export const utilityProcess = { fork: () => new EventEmitter() };

/** A keychain that only turns bytes round: enough to tell wrapped from plain. */
export const safeStorage = {
  isAsyncEncryptionAvailable: () => Promise.resolve(true),
  getSelectedStorageBackend: () => 'gnome_libsecret',
  encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(text).map((byte) => byte ^ 0x5a)),
  decryptStringAsync: (wrapped: Buffer) =>
    Promise.resolve({
      shouldReEncrypt: false,
      result: Buffer.from(wrapped.map((byte) => byte ^ 0x5a)).toString(),
    }),
};
