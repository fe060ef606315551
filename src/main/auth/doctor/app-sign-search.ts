/** Looks for the usual mistakes in the Sign of `appSign` (SPEC 5): base64 of other bytes, another order, seconds, swapped keys. */
import { createHmac, hash } from 'node:crypto';
import { isSame } from '../compare.ts';
import { type DoctorCase, mistakenSecrets, type Mistake, type Search } from './mistake.ts';
import { presentedTexts } from './presented-texts.ts';

type Signer = (appKey: string, secretKey: string, timestamp: string) => string | undefined;

interface SignMistake extends Mistake {
  readonly sign: Signer;
}

const recipe =
  'Let the caller make Sign as base64 of the lower-case hex text of SHA-256 over AppKey=…&SecretKey=…&Timestamp=….';

function textOf(appKey: string, secretKey: string, timestamp: string): string {
  return `AppKey=${appKey}&SecretKey=${secretKey}&Timestamp=${timestamp}`;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

const right = (...parts: Parameters<Signer>): string => base64(hash('sha256', textOf(...parts)));

function mistake(id: string, title: string, clause: string, sign: Signer, mend = recipe): SignMistake {
  return { id: `sign-${id}`, title, clause, mend, sign };
}

const mistakes: readonly SignMistake[] = [
  mistake(
    'hex',
    'Sign in hex, without base64',
    'the caller sent Sign in hex and left out base64',
    (...parts) => hash('sha256', textOf(...parts)),
  ),
  mistake(
    'raw',
    'Base64 of the digest itself',
    'the caller put the bytes of the digest into base64, not their hex text',
    (...parts) => hash('sha256', textOf(...parts), 'base64'),
  ),
  mistake('upper', 'Hex in upper case', 'the caller wrote the hex text in upper case', (...parts) =>
    base64(hash('sha256', textOf(...parts)).toUpperCase()),
  ),
  mistake(
    'hmac',
    'HMAC in place of a plain hash',
    'the caller made an HMAC with SecretKey in place of a plain SHA-256',
    (appKey, secretKey, timestamp) => {
      return base64(
        createHmac('sha256', secretKey)
          .update(textOf(appKey, secretKey, timestamp))
          .digest('hex'),
      );
    },
  ),
  mistake(
    'order',
    'The parts in another order',
    'the caller joined the parts in another order',
    (appKey, secretKey, timestamp) =>
      base64(hash('sha256', `AppKey=${appKey}&Timestamp=${timestamp}&SecretKey=${secretKey}`)),
  ),
  mistake(
    'names',
    'The values without their names',
    'the caller joined the values without their names',
    (...parts) => base64(hash('sha256', parts.join(''))),
  ),
  mistake(
    'swapped',
    'AppKey and SecretKey swapped',
    'the caller swapped AppKey and SecretKey',
    (appKey, secretKey, timestamp) => right(secretKey, appKey, timestamp),
  ),
  mistake(
    'seconds',
    'The timestamp signed in seconds',
    'the caller signed the timestamp in seconds and sent milliseconds',
    (appKey, secretKey, timestamp) => right(appKey, secretKey, String(Math.floor(Number(timestamp) / 1_000))),
  ),
  mistake(
    'milliseconds',
    'The timestamp sent in seconds',
    'the caller sent the timestamp in seconds, where milliseconds are expected',
    (appKey, secretKey, timestamp) =>
      timestamp.length > 10 ? undefined : right(appKey, secretKey, timestamp),
    'Let the caller send and sign the timestamp in milliseconds.',
  ),
  mistake(
    'newline',
    'A newline behind SecretKey',
    'the caller signed with a newline at the end of SecretKey',
    (appKey, secretKey, timestamp) => right(appKey, `${secretKey}\n`, timestamp),
  ),
  mistake('md5', 'MD5', 'the caller used MD5 in place of SHA-256', (...parts) =>
    base64(hash('md5', textOf(...parts))),
  ),
  mistake('sha1', 'SHA-1', 'the caller used SHA-1 in place of SHA-256', (...parts) =>
    base64(hash('sha1', textOf(...parts))),
  ),
];

/** Searches a refused request of the scheme `appSign`. */
export function searchAppSign({ check, others }: DoctorCase): Search {
  const [{ appKey = '', secretKey = '' } = {}] = check.secrets;
  const texts = presentedTexts(check);
  const valueOf = (name: string): string =>
    texts.find((text) => text.name.toLowerCase() === name)?.text ?? '';
  const [sign, timestamp, sentKey] = [valueOf('sign'), valueOf('timestamp'), valueOf('appkey')];
  const foreign = others.map((set) => ({ set, mistake: mistakenSecrets(set) }));
  const tried = [...mistakes, ...foreign.map((one) => one.mistake)];
  if (sign === '') return { found: undefined, tried };
  const old = foreign.find(({ set: { values } }) => {
    const { appKey: itsKey = appKey, secretKey: itsSecret = secretKey } = values;
    return isSame(sign, right(itsKey, itsSecret, timestamp));
  });
  const found = mistakes.find((one) => {
    const own = one.sign(appKey, secretKey, timestamp);
    return own !== undefined && isSame(sign, own);
  });
  if (found !== undefined) return { found: [found], tried };
  if (old !== undefined) return { found: [old.mistake], tried };
  const isSwapped = secretKey !== '' && isSame(sentKey, secretKey);
  return { found: isSwapped ? mistakes.filter(({ id }) => id === 'sign-swapped') : undefined, tried };
}
