/**
 * The scheme `appSign`: HAP's "Use App Authorization" (SPEC 5). AppKey, Sign and Timestamp may come in the query, the
 * body or headers. The sign is base64 over the hex text of a plain SHA-256; it does not cover the body, so a captured
 * call can be sent again within the tolerance.
 */
import { hash } from 'node:crypto';
import { isSame, isSecret } from './compare.ts';
import { presentedAnywhere, presentedHeader, presentedPair } from './presented.ts';
import { refuse, requireSecrets, type AuthScheme } from './scheme.ts';
import { readTimestamp, refuseStale } from './timestamp.ts';

const toleranceMs = 5 * 60_000;
const parts = ['AppKey', 'Sign', 'Timestamp'] as const;

function signOf(appKey: string, secretKey: string, timestamp: string): string {
  const text = `AppKey=${appKey}&SecretKey=${secretKey}&Timestamp=${timestamp}`;
  return Buffer.from(hash('sha256', text, 'hex')).toString('base64');
}

export const appSign: AuthScheme = {
  definition: {
    scheme: 'appSign',
    title: 'App authorization (AppKey and Sign)',
    description:
      'The caller sends AppKey, Timestamp and a Sign made of them and the secret key. The body is not covered.',
    fields: [
      { name: 'appKey', label: 'AppKey', kind: 'secret', generate: true, required: true },
      { name: 'secretKey', label: 'SecretKey', kind: 'secret', generate: true, required: true },
    ],
  },
  verify({ raw, query, now, secrets, bodyFields }) {
    const sets = requireSecrets(secrets, ['appKey', 'secretKey']);
    const inBody = bodyFields?.() ?? [];
    const values: string[] = [];
    for (const name of parts) {
      const presented = presentedAnywhere([
        presentedPair(query, name),
        presentedPair(inBody, name),
        presentedHeader(raw.headers, name),
      ]);
      if (presented.kind === 'repeated') return refuse('repeated', `${name} was sent more than once.`);
      if (presented.kind === 'missing' || presented.value === '')
        return refuse('missing', `${name} is missing.`);
      values.push(presented.value);
    }
    const [appKey = '', sign = '', timestamp = ''] = values;
    const at = readTimestamp(timestamp);
    if (at === undefined) return refuse('malformed', 'Timestamp is not a whole number of milliseconds.');

    let appKeyFits = false;
    for (const [index, set] of sets.entries()) {
      const { appKey: ownKey = '', secretKey = '' } = set;
      // Both comparisons are always made, so that the time tells nothing about which of them failed.
      const isKey = isSecret(appKey, ownKey);
      const isSign = isSame(sign, signOf(ownKey, secretKey, timestamp));
      if (isKey && isSign && secretKey !== '') {
        return refuseStale('Timestamp', at, now, toleranceMs) ?? { ok: true, secretIndex: index };
      }
      appKeyFits ||= isKey;
    }
    return refuse(
      'mismatch',
      appKeyFits ? 'Sign does not fit AppKey, SecretKey and Timestamp.' : 'AppKey is another.',
    );
  },
  presents: () => ({ headers: ['AppKey'], query: ['AppKey'] }),
  sign({ secrets, now }) {
    const [set] = requireSecrets([secrets], ['appKey', 'secretKey']);
    const { appKey = '', secretKey = '' } = set ?? {};
    const timestamp = String(now);
    return {
      headers: {},
      query: { AppKey: appKey, Sign: signOf(appKey, secretKey, timestamp), Timestamp: timestamp },
    };
  },
};
