import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { userFolders } from '../../../src/main/base/folders.ts';
import { createKeyFile } from '../../../src/main/base/key-file.ts';
import { gatherKeys, type KeyHolder } from '../../../src/main/base/key-holder.ts';
import { createSilentLogger } from '../../../src/main/base/logger.ts';
import { createSealedVault, newDataKey } from '../../../src/main/base/sealed-vault.ts';
import { AppError } from '../../../src/shared/errors.ts';

const logger = createSilentLogger();

/** The code something throws, or `none`. */
function codeOf(act: () => unknown): string {
  try {
    act();
    return 'none';
  } catch (error) {
    return error instanceof AppError ? error.code : 'other';
  }
}

describe('sealed vault', () => {
  const vault = createSealedVault({ keys: [newDataKey()], description: 'test' });

  it('opens what it sealed, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (text, place) => {
        expect(vault.open(vault.seal(text, place), place)).toBe(Buffer.from(text).toString());
      }),
    );
  });

  it('never seals the same text to the same value', () => {
    expect(vault.seal('same', 'place')).not.toBe(vault.seal('same', 'place'));
  });

  it('refuses a value that was moved to another place', () => {
    const sealed = vault.seal('secret', 'endpoint:a:secret');
    expect(codeOf(() => vault.open(sealed, 'endpoint:b:secret'))).toBe('endpoint_misconfigured');
  });

  it('refuses a value of which any character was changed', () => {
    const sealed = vault.seal('secret text', 'place');
    for (let at = 0; at < sealed.length; at += 1) {
      const other = sealed[at] === 'A' ? 'B' : 'A';
      const changed = sealed.slice(0, at) + other + sealed.slice(at + 1);
      // The last character of base64url may hold unused bits: the bytes are then the same.
      const isSame = Buffer.from(changed.split('.')[2] ?? '', 'base64url').equals(
        Buffer.from(sealed.split('.')[2] ?? '', 'base64url'),
      );
      if (isSame && changed.split('.').slice(0, 2).join('.') === sealed.split('.').slice(0, 2).join('.'))
        continue;
      expect(codeOf(() => vault.open(changed, 'place'))).toBe('endpoint_misconfigured');
    }
    for (const broken of ['', 'v1', 'v1..', sealed.slice(0, -20)]) {
      expect(codeOf(() => vault.open(broken, 'place'))).toBe('endpoint_misconfigured');
    }
  });

  it('opens with an older key and seals with the newest', () => {
    const [older, newer] = [newDataKey(), newDataKey()];
    const old = createSealedVault({ keys: [older], description: '' });
    const both = createSealedVault({ keys: [newer, older], description: '' });
    const onlyNew = createSealedVault({ keys: [newer], description: '' });
    expect(both.open(old.seal('x', 'p'), 'p')).toBe('x');
    expect(onlyNew.open(both.seal('y', 'p'), 'p')).toBe('y');
    expect(codeOf(() => onlyNew.open(old.seal('x', 'p'), 'p'))).toBe('endpoint_misconfigured');
  });
});

describe('key file', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'hookyard-key-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is made for this user only, in a folder for this user only', async () => {
    const path = join(folder, 'keys', 'ins_a.key');
    const holder = createKeyFile(path);
    expect(await holder.load()).toEqual([]);
    const keys = [newDataKey(), newDataKey()];
    await holder.save(keys);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'keys'))).mode & 0o777).toBe(0o700);
    expect(await holder.load()).toEqual(keys);
  });

  it('is refused with a way to mend it when others can read it', async () => {
    const path = join(folder, 'ins_a.key');
    await createKeyFile(path).save([newDataKey()]);
    await chmod(path, 0o644);
    await expect(createKeyFile(path).load()).rejects.toThrow(/mode 0644.*chmod 600/);
  });

  it('is refused when it is damaged, and left as it is', async () => {
    const path = join(folder, 'ins_a.key');
    await writeFile(path, 'not a key\n', { mode: 0o600 });
    await expect(createKeyFile(path).load()).rejects.toThrow(/damaged/);
    expect(await readFile(path, 'utf8')).toBe('not a key\n');
  });
});

describe('gathering keys', () => {
  function holderOf(keys: readonly Buffer[] | Error): KeyHolder & { saved: readonly Buffer[] | null } {
    return {
      description: '',
      saved: null,
      load: () => (keys instanceof Error ? Promise.reject(keys) : Promise.resolve(keys)),
      save(all) {
        this.saved = all;
        return Promise.resolve();
      },
    };
  }

  it('makes a first key and gives it to the present host', async () => {
    const home = holderOf([]);
    const keys = await gatherKeys(home, [], logger);
    expect(keys).toHaveLength(1);
    expect(home.saved).toEqual(keys);
  });

  it('takes over the key of the other host, so both open the folder', async () => {
    const [mine, theirs] = [newDataKey(), newDataKey()];
    const home = holderOf([mine]);
    expect(await gatherKeys(home, [holderOf([theirs])], logger)).toEqual([mine, theirs]);
    expect(home.saved).toEqual([mine, theirs]);
  });

  it('writes nothing when it knows all already', async () => {
    const key = newDataKey();
    const home = holderOf([key]);
    await gatherKeys(home, [holderOf([key])], logger);
    expect(home.saved).toBeNull();
  });

  it('goes on without another holder that fails, but not without its own', async () => {
    const key = newDataKey();
    expect(await gatherKeys(holderOf([key]), [holderOf(new Error('locked'))], logger)).toEqual([key]);
    await expect(gatherKeys(holderOf(new Error('locked')), [], logger)).rejects.toThrow('locked');
  });
});

describe('folders', () => {
  it('keeps keys outside the data folder on every system', () => {
    const systems: readonly [NodeJS.Platform, Record<string, string>][] = [
      ['linux', {}],
      ['linux', { XDG_DATA_HOME: '/d', XDG_CONFIG_HOME: '/c' }],
      ['darwin', {}],
      ['win32', { APPDATA: '/roaming', LOCALAPPDATA: '/local' }],
    ];
    for (const [platform, env] of systems) {
      const { data, keys } = userFolders(env, platform, '/users/me');
      expect(keys.startsWith(data)).toBe(false);
      expect(data.startsWith(keys)).toBe(false);
    }
    expect(userFolders({}, 'linux', '/users/me').data).toBe('/users/me/.local/share/hookyard');
  });
});
