/** Where each system keeps a program's data and its keys, so that the two are never in the same folder. */
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface UserFolders {
  /** Default data folder (SPEC 1, `--data-dir`). */
  readonly data: string;
  /** Folder of key files. */
  readonly keys: string;
}

/** The folders of the present user. `XDG_DATA_HOME` and `XDG_CONFIG_HOME` are honoured outside Windows. */
export function userFolders(
  env: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir(),
): UserFolders {
  if (platform === 'win32') {
    return {
      data: join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'Hookyard', 'data'),
      keys: join(env['APPDATA'] ?? join(home, 'AppData', 'Roaming'), 'Hookyard', 'keys'),
    };
  }
  const isMac = platform === 'darwin';
  const support = join(home, 'Library', 'Application Support');
  const dataHome = env['XDG_DATA_HOME'] || undefined;
  const configHome = env['XDG_CONFIG_HOME'] || undefined;
  if (isMac) {
    return {
      data: dataHome === undefined ? join(support, 'Hookyard', 'data') : join(dataHome, 'hookyard'),
      keys:
        configHome === undefined ? join(support, 'Hookyard', 'keys') : join(configHome, 'hookyard', 'keys'),
    };
  }
  return {
    data: join(dataHome ?? join(home, '.local', 'share'), 'hookyard'),
    keys: join(configHome ?? join(home, '.config'), 'hookyard', 'keys'),
  };
}
