/** One input of the fuzzer: a request a subject's own sender would make, and what the dice change about it. */
import type { Dice } from './dice.ts';
import { extremeJson, formText, jsonText, multipart } from './grammar.ts';
import { askHandshake, handshakeText } from './handshakes.ts';
import {
  encode,
  headMutations,
  spoilCredential,
  tamperBody,
  twistCredential,
  twistTime,
} from './mutations.ts';
import type { Parcel } from './parcel.ts';
import type { Subject } from './subjects.ts';
import { tears } from './tears.ts';

export interface Input {
  readonly parcel: Parcel;
  /** Its credential was forged, or what that covers was touched. */
  readonly mustNotPass: boolean;
}

/**
 * A request to this subject: a body of some kind, signed, and then changed in none to three ways.
 * @param isCovered whether the subject's signature covers the body
 */
export function inputFor(subject: Subject, dice: Dice, isCovered: boolean, origin: string): Input {
  const { body, type } = bodyFor(subject, dice);
  const isForged = subject.isGuarded && dice.oneIn(12);
  const plain = subject.make(origin, body, type, isForged);
  let parcel = plain;
  if (dice.oneIn(10)) {
    // Coded first, signed then: the bytes as they travel.
    encode(parcel, dice);
    const coding = parcel.headers.findLast(([name]) => name === 'Content-Encoding');
    parcel = subject.make(origin, parcel.body, type, isForged);
    if (coding !== undefined) parcel.headers.push(coding);
  }
  let mustNotPass = isForged;
  if (subject.isGuarded && dice.oneIn(6)) {
    const before = JSON.stringify([parcel.headers, parcel.target]);
    spoilCredential(parcel, dice);
    mustNotPass ||= JSON.stringify([parcel.headers, parcel.target]) !== before;
  } else if (dice.oneIn(8)) twistCredential(parcel, dice);
  if (dice.oneIn(10)) twistTime(parcel, dice);
  if (dice.oneIn(8)) {
    tamperBody(parcel, dice);
    mustNotPass ||= isCovered;
  }
  if (dice.oneIn(2)) for (let n = 0; n <= dice.upTo(2); n += 1) dice.pick(headMutations)(parcel, dice);
  if (dice.oneIn(12)) askHandshake(parcel, dice);
  if (dice.oneIn(5)) {
    parcel.isTorn = true;
    dice.pick(tears)(parcel, dice);
    // Torn bytes may hold another request than the one that was forged.
    mustNotPass &&= parcel.lastly.length === 0;
  }
  return { parcel, mustNotPass };
}

function bodyFor(subject: Subject, dice: Dice): { body: Buffer; type: string } {
  switch (dice.upTo(11)) {
    case 0:
      return { body: Buffer.from(extremeJson(dice)), type: 'application/json' };
    case 1:
      return {
        body: Buffer.from(jsonText(dice, 6)),
        type: dice.pick(['application/json', '', 'application/vnd.x+json']),
      };
    case 2:
      return { body: Buffer.from(formText(dice)), type: 'application/x-www-form-urlencoded' };
    case 3:
      return multipart(dice);
    case 4:
      return {
        body: dice.bytes(dice.upTo(200)),
        type: dice.pick(['application/octet-stream', 'application/json', 'text/plain', '']),
      };
    case 5:
      return { body: Buffer.from(handshakeText(dice)), type: 'application/json' };
    default:
      return { body: Buffer.from(subject.payload(dice)), type: 'application/json' };
  }
}
