/** What the forms say about requests sent again: true of the code that judges them. */
import { expect, it } from 'vitest';
import { providerRegistry } from '../../../../src/main/auth/providers/registry.ts';
import { judgeWith, noon } from '../check.ts';

const later = noon + 60 * 86_400_000;
const body = JSON.stringify({ id: 'a', event_id: 'b', event: { id: 'c' }, webhookTimestamp: noon });
const whsec = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

it.each(
  providerRegistry.flatMap(({ definition: { provider, replayable }, sign }) =>
    sign === undefined ? [] : [{ provider, replayable }],
  ),
)('$provider: replayable is $replayable', ({ provider, replayable }) => {
  const secrets = { secret: provider === 'standardwebhooks' ? whsec : 'test_secret', verifyToken: 'verify' };
  const judge = judgeWith({ scheme: 'provider', provider });
  const url = 'https://hooks.example.com/hooks/orders';
  const made = judge.sign({ method: 'POST', url, body: Buffer.from(body), secrets, now: noon });
  const query = new URLSearchParams(made.query).toString();
  const sent = {
    headers: { 'content-type': 'application/json', ...made.headers },
    url: query === '' ? '/hooks/orders' : `/hooks/orders?${query}`,
    publicUrl: 'https://hooks.example.com',
    body,
    secrets: [secrets],
  };
  expect(judge.verify(sent).ok).toBe(true);
  const passesLater = judge.verify({ ...sent, now: later }).ok;
  const bare = { ...sent, headers: { 'content-type': 'application/json' } };
  const isIdSigned = judge.provider?.deliveryId?.(judge.check(bare)) !== undefined;
  expect(passesLater && !isIdSigned).toBe(replayable);
});
