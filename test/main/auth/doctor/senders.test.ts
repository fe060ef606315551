/** The doctor asks a sender's own scheme how it signs: so it knows every sender there is, and every one to come. */
import { describe, expect, it } from 'vitest';
import { digestRuleOf } from '../../../../src/main/auth/doctor/digest-rule.ts';
import { providerRegistry } from '../../../../src/main/auth/providers/registry.ts';
import { resolveAuth } from '../../../../src/main/auth/registry.ts';
import { secretFieldsOf } from '../../../../src/shared/fields.ts';
import { examine, noon } from './case.ts';

const secret = 'whsec_dGVzdF9zZWNyZXRfMjRfYnl0ZXNfa2V5';
const signing = providerRegistry.filter(({ sign }) => sign !== undefined);
/** They decode the secret, and refuse one that can not be. */
const decoding = new Set(['standardwebhooks', 'gitlab']);
/** Their bodies carry the time that is judged. */
const timedBodies: Readonly<Record<string, string>> = { linear: `{"webhookTimestamp":${noon}}` };

describe.each(signing.map(({ definition }) => definition.provider))('%s', (provider) => {
  const auth = { scheme: 'provider', provider };
  const resolved = resolveAuth(auth);
  const secrets = Object.fromEntries(
    secretFieldsOf(resolved.scheme.definition.fields).map((field) => [field, secret]),
  );
  const body = timedBodies[provider] ?? '{"n":1}';
  const type = provider === 'twilio' ? 'application/x-www-form-urlencoded' : 'application/json';
  const sent = provider === 'twilio' ? 'A=1&B=2' : body;

  function signed(own = secrets) {
    const made = resolved.scheme.sign?.({
      method: 'POST',
      url: 'http://hooks.test/hooks/x?a=1',
      contentType: type,
      body: Buffer.from(sent),
      secrets: own,
      settings: resolved.settings,
      now: noon,
    });
    return { 'Content-Type': type, ...made?.headers };
  }

  it('is examined by its own rule, passes when genuine, and is explained when it is not', async () => {
    expect(digestRuleOf(resolved, secrets, provider === 'twilio')).toBeDefined();
    const url = '/hooks/x?a=1';
    const genuine = await examine({ auth, secrets, url, body: sent, headers: signed() });
    expect(genuine.passes).toBe(true);
    expect(genuine.presented).toMatch(/^\*\*\*.{4}$/);
    const ids = async (headers: Record<string, string>, changed: string) => {
      const { tried, passes } = await examine({ auth, secrets, url, body: changed, headers });
      return passes ? ['passes'] : tried.filter(({ fits }) => fits).map(({ id }) => id);
    };
    if (!decoding.has(provider)) {
      const spelled = Object.fromEntries(Object.keys(secrets).map((field) => [field, `${secret}\n`]));
      expect(await ids(signed(spelled), sent)).toEqual(['secret-newline']);
    }
    if (provider !== 'twilio') expect(await ids(signed(), `${sent}\n`)).toEqual(['body-newline-removed']);
  });
});
