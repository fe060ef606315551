/**
 * Forgeries by the thousand, in the process: of every scheme a genuine request is taken, its credential spoilt, its bytes
 * touched, its secret exchanged, and none may pass; twisted ones may, but never end in anything but a verdict.
 */
import { AppError } from '../../src/shared/errors.ts';
import type { AuthVerdict } from '../../src/main/auth/scheme.ts';
import { diceOf } from './fuzz/dice.ts';
import { spoilCredential, tamperBody, twistCredential, twistTime } from './fuzz/mutations.ts';
import { type Parcel, parcelOf } from './fuzz/parcel.ts';
import { SECRET, type SigningScheme, signingSchemes } from './signing-schemes.ts';

export interface Forgeries {
  /** Tried in all. */
  count: number;
  readonly schemes: string[];
  /** Schemes whose genuine request is not made of headers and query alone: nothing to forge. */
  readonly leftOut: string[];
  /** One sentence for each that passed or ended badly. */
  readonly faults: string[];
}

const other = SECRET.replace('Bw', 'CQ');
const bodies = [
  '{"event":"order_created","order_id":"12345"}',
  '{"id":"evt_1","data":{"n":1}}',
  'a=1&b=2',
  'text',
];

/** Forges so many requests of every scheme. */
export async function forge(perScheme: number, seed: number): Promise<Forgeries> {
  const found: Forgeries = { count: 0, schemes: [], leftOut: [], faults: [] };
  for (const one of signingSchemes()) {
    if (!(await judge(one, genuine(one, Buffer.from(bodies[0] ?? '')))).ok) {
      found.leftOut.push(one.name);
      continue;
    }
    found.schemes.push(one.name);
    const isCovered = await coversBody(one);
    for (let n = 0; n < perScheme; n += 1) {
      const fault = await forgeOne(one, isCovered, seed, n);
      found.count += 1;
      if (fault !== undefined && found.faults.length < 50) found.faults.push(fault);
    }
  }
  return found;
}

function genuine(one: SigningScheme, body: Buffer, secret = SECRET): Parcel {
  const signed = one.sign(body, Date.now(), secret) ?? { headers: {}, query: {} };
  const query = new URLSearchParams(signed.query).toString();
  return parcelOf('POST', `/hooks/x${query === '' ? '' : `?${query}`}`, { ...signed.headers }, body);
}

async function judge(one: SigningScheme, parcel: Parcel): Promise<AuthVerdict> {
  const query = [...new URLSearchParams(parcel.target.split('?')[1] ?? '')];
  return one.scheme.verify(one.check(parcel.headers, query, parcel.body, Date.now()));
}

async function coversBody(one: SigningScheme): Promise<boolean> {
  const parcel = genuine(one, Buffer.from(bodies[0] ?? ''));
  parcel.body = Buffer.concat([parcel.body, Buffer.from(' ')]);
  return !(await judge(one, parcel)).ok;
}

async function forgeOne(
  one: SigningScheme,
  isCovered: boolean,
  seed: number,
  n: number,
): Promise<string | undefined> {
  const dice = diceOf(seed, n);
  const body = Buffer.from(dice.pick(bodies));
  const way = dice.upTo(isCovered ? 5 : 4);
  const parcel = genuine(one, body, way === 0 ? other : SECRET);
  const before = JSON.stringify([parcel.headers, parcel.target]);
  if (way === 1) spoilCredential(parcel, dice);
  if (way === 2) twistCredential(parcel, dice);
  if (way === 3) twistTime(parcel, dice);
  if (way === 4) tamperBody(parcel, dice);
  const isSpoilt = way === 1 && JSON.stringify([parcel.headers, parcel.target]) !== before;
  try {
    const { ok } = await judge(one, parcel);
    const mustNotPass = way === 0 || isSpoilt || way === 4;
    return ok && mustNotPass
      ? `${one.name} let forgery ${n} pass: ${JSON.stringify(parcel.headers)}`
      : undefined;
  } catch (error) {
    if (error instanceof AppError && error.kind !== 'defect') return undefined;
    return `${one.name} ended badly at forgery ${n}: ${String(error)}`;
  }
}
