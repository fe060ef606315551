import { describe, expect, it } from 'vitest';
import { createSealedVault, newDataKey } from '../../../../src/main/base/sealed-vault.ts';
import { endpointSecretPlace } from '../../../../src/main/base/vault.ts';
import { secretsOpener } from '../../../../src/main/receiver/routes/secrets.ts';

const vault = createSealedVault({ keys: [newDataKey()], description: 'test' });
const seal = (field: string, value: string) => vault.seal(value, endpointSecretPlace('ep_1', field));
const row = (field: string, value: string, previous?: string) => ({
  endpointId: 'ep_1',
  field,
  sealed: seal(field, value),
  previousSealed: previous === undefined ? null : seal(field, previous),
  previousValidUntil: previous === undefined ? null : 1_000,
  previousUsedAt: null,
  setAt: 0,
});

describe('the secrets of an endpoint', () => {
  it('are the current ones first, then the previous ones while they overlap', () => {
    const open = secretsOpener([row('key', 'k2', 'k1'), row('secret', 's')], vault);
    expect(open(999)).toEqual([
      { key: 'k2', secret: 's' },
      { key: 'k1', secret: 's' },
    ]);
    expect(open(1_000)).toEqual([{ key: 'k2', secret: 's' }]);
  });

  it('moved from another endpoint or field can not be opened', () => {
    const moved = { ...row('key', 'k'), endpointId: 'ep_2' };
    const renamed = { ...row('key', 'k'), field: 'secret' };
    for (const bad of [moved, renamed]) {
      expect(() => secretsOpener([bad], vault)(0)).toThrow(
        expect.objectContaining({ code: 'endpoint_misconfigured' }),
      );
    }
  });

  it('are asked for again when the vault could not open them', () => {
    let isLocked = true;
    const keychain = {
      ...vault,
      open(sealed: string, place: string): string {
        if (isLocked) throw new Error('locked');
        return vault.open(sealed, place);
      },
    };
    const open = secretsOpener([row('key', 'k')], keychain);
    expect(() => open(0)).toThrow('locked');
    isLocked = false;
    expect(open(0)).toEqual([{ key: 'k' }]);
  });
});
