/**
 * The ways a genuine request is changed. Each knows what it breaks: a request whose credential was forged, or whose
 * signed body was touched, must never be accepted.
 */
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import type { Dice } from './dice.ts';
import { headerOf, type Parcel, setHeader } from './parcel.ts';

export type Mutation = (parcel: Parcel, dice: Dice) => void;

/** The thorough way of brotli would take longer than all the rest of an input. */
const quickBrotli = {
  params: { [constants.BROTLI_PARAM_QUALITY]: 2, [constants.BROTLI_PARAM_LGWIN]: 16 },
};
const coders = {
  gzip: (plain: Buffer) => gzipSync(plain),
  deflate: (plain: Buffer) => deflateSync(plain),
  br: (plain: Buffer) => brotliCompressSync(plain, quickBrotli),
} as const;

/** More blanks than an endpoint takes (SPEC 12), in every coding, made once. */
const blanks = Buffer.alloc(1_100_000, 0x20);
const bombs = { gzip: coders.gzip(blanks), deflate: coders.deflate(blanks), br: coders.br(blanks) };

const oddTypes = [
  'application/json; charset=utf-16',
  'application/json;charset="',
  'text/plain',
  'multipart/form-data',
  'application/x-www-form-urlencoded',
  '/',
  ';',
  'application/vnd.a+json',
  'application/octet-stream',
  'TEXT/HTML; x=y',
  '',
];
const oddNames = [
  '__proto__',
  'constructor',
  'X-Odd',
  'Cookie',
  'X-Forwarded-For',
  'Forwarded',
  'Origin',
  'Sec-Fetch-Site',
  'Idempotency-Key',
  'webhook-id',
  'Expect',
  'Content-Encoding',
  'Accept',
  'Range',
  'X-HTTP-Method-Override',
  'X-Trace',
  'X-Original-URL',
];
const oddValues = [
  '',
  'null',
  'https://evil.test',
  'cross-site',
  'PUT',
  '100-continue',
  'tea',
  'gzip, gzip',
  'identity',
  'x'.repeat(3_000),
  'a\tb',
  '\x80\xff',
  '{"a":1}',
  'for=127.0.0.1',
  '127.0.0.1,'.repeat(40),
  '{{trigger.data}}',
  '%00',
  '"',
  "';--",
];

/** Changes of head and target that leave the framing whole. */
export const headMutations: readonly Mutation[] = [
  (parcel, dice) => parcel.headers.push([dice.pick(oddNames), dice.pick(oddValues)]),
  (parcel, dice) => setHeader(parcel, 'Content-Type', dice.pick(oddTypes)),
  (parcel, dice) => setHeader(parcel, 'Idempotency-Key', dice.word(1 + dice.upTo(3))),
  (parcel, dice) => {
    for (let n = 0; n < 90 + dice.upTo(20); n += 1) parcel.headers.push([`X-${n}`, 'v']);
  },
  (parcel, dice) => parcel.headers.push(['X-Long', 'v'.repeat(dice.pick([8_000, 15_900, 16_384, 17_000]))]),
  (parcel, dice) => {
    const again = dice.pick(parcel.headers.length > 0 ? parcel.headers : [['X-A', 'b']]);
    parcel.headers.push([again[0] ?? '', dice.oneIn(2) ? (again[1] ?? '') : dice.word(4)]);
  },
  (parcel, dice) => {
    parcel.headers = parcel.headers.filter(() => !dice.oneIn(3));
  },
  (parcel, dice) => {
    const query = [
      'a=1',
      'a=1&a=2',
      '%',
      '%ff=%fe',
      '__proto__=x',
      'q=2026-13-45',
      '&&&==',
      'a'.repeat(9_000),
      '+%20',
      '_query=1',
      '%00=%00',
    ];
    parcel.target += (parcel.target.includes('?') ? '&' : '?') + dice.pick(query);
  },
  (parcel, dice) => {
    const paths = [
      '/',
      '//',
      '/..',
      '/%2e%2e/',
      '/%00',
      '?',
      '/hooks/resume/x',
      `/${dice.word(5)}`,
      '/v1/workflows',
      '/docs/../x',
      '/healthz',
    ];
    parcel.target = dice.oneIn(2) ? parcel.target + dice.pick(paths) : dice.pick(paths);
  },
  (parcel, dice) => {
    parcel.method = dice.pick([
      'GET',
      'PUT',
      'PATCH',
      'DELETE',
      'OPTIONS',
      'HEAD',
      'QUERY',
      'PROPFIND',
      'TRACE',
    ]);
  },
  (parcel, dice) => {
    parcel.chunks = [1 + dice.upTo(5), 1 + dice.upTo(5_000)];
  },
];

/** A change of the content coding: right, broken or a bomb. Made before or after signing, for both happens. */
export const encode: Mutation = (parcel, dice) => {
  const name = dice.pick(['gzip', 'deflate', 'br'] as const);
  const coded = dice.oneIn(10) ? bombs[name] : coders[name](parcel.body);
  parcel.body = dice.oneIn(4) ? coded.subarray(0, coded.length - 1 - dice.upTo(coded.length)) : coded;
  setHeader(
    parcel,
    'Content-Encoding',
    dice.oneIn(8) ? dice.pick(['GZIP', 'x-gzip', ' br', 'zstd', 'gzip, br']) : name,
  );
};

/** Changes a byte of the body once it is signed. */
export const tamperBody: Mutation = (parcel, dice) => {
  if (parcel.body.length === 0) {
    parcel.body = Buffer.from('{}');
    return;
  }
  const body = Buffer.from(parcel.body);
  const at = dice.upTo(body.length);
  body[at] = (body[at] ?? 0) ^ (1 + dice.upTo(255));
  parcel.body = body;
};

/** Headers and query parameters that hold credentials, as the schemes here use them. */
const credential = /sign|key|auth|token|hmac|sha|secret|hash|password/i;

/** Changes what is presented so that it can no longer be right: a letter, a digit, the length. */
export const spoilCredential: Mutation = (parcel, dice) => {
  const places = parcel.headers.filter(([name, value]) => credential.test(name) && value.length > 8);
  const [name] = places.length > 0 ? dice.pick(places) : ['', ''];
  const spoil = (value: string): string => {
    const at = Math.floor(value.length / 2) + dice.upTo(Math.floor(value.length / 4));
    const other = value[at] === '0' ? '1' : '0';
    switch (dice.upTo(4)) {
      case 0:
        return value.slice(0, at);
      case 1:
        return value.slice(0, at) + other + value.slice(at + 1);
      case 2:
        return value.slice(0, at) + other + value.slice(at);
      default:
        return dice.word(value.length);
    }
  };
  if (name !== '') setHeader(parcel, name, spoil(headerOf(parcel, name) ?? ''));
  else parcel.target = parcel.target.replace(/=([^&]{8,})$/, (_all, value: string) => `=${spoil(value)}`);
};

/** Changes a credential in any way there is: some of them are still right. */
export const twistCredential: Mutation = (parcel, dice) => {
  const places = parcel.headers.filter(([name]) => credential.test(name));
  if (places.length === 0) return;
  const [name, value] = dice.pick(places);
  const twisted = [
    value.toUpperCase(),
    `sha256=${value}`,
    `${value}zz`,
    '',
    ` ${value}`,
    value.replace(/=/g, ''),
    Buffer.from(value, 'hex').toString('base64'),
    `${value},${value}`,
    `${value} ${value}`,
    value.repeat(200).slice(0, 12_000),
    value.slice(1),
    `v1,${value}`,
    't=,v1=',
    't=NaN,v1=0',
    'Basic',
    'Bearer',
    'Bearer a.b.c',
    `Basic ${Buffer.from(':').toString('base64')}`,
    `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.e30.`,
  ];
  setHeader(parcel, name, dice.pick(twisted));
};

/** Changes of times and ids that stand beside a signature. */
export const twistTime: Mutation = (parcel, dice) => {
  const places = parcel.headers.filter(([name]) => /time|-id$|date/i.test(name));
  if (places.length === 0) return;
  const [name] = dice.pick(places);
  setHeader(
    parcel,
    name,
    dice.pick([
      '',
      '0',
      '-1',
      'NaN',
      '1e10',
      '99999999999999999999',
      '2026-13-45T99:99:99Z',
      ' ',
      `${Date.now()}`,
    ]),
  );
};
