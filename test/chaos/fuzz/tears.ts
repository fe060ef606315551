/** The ways the framing of a request is put in doubt: in its head, or in the bytes once they are written. */
import type { Mutation } from './mutations.ts';

/** Changes that put the framing in doubt. */
export const tears: readonly Mutation[] = [
  (parcel, dice) =>
    parcel.headers.push([
      'Content-Length',
      dice.pick(['0', '5', '-1', '1e3', ' 7', '0x10', '18446744073709551616', '+3', '3, 3']),
    ]),
  (parcel, dice) =>
    parcel.headers.push([
      'Transfer-Encoding',
      dice.pick([
        'chunked',
        'identity, chunked',
        'gzip',
        'chunked, chunked',
        'xchunked',
        ' chunked',
        'chunked\t',
      ]),
    ]),
  (parcel, dice) =>
    parcel.headers.push([
      dice.pick(['Host', 'Authorization', 'Content-Type', 'X A', 'X:A', '']),
      dice.pick(['h', 'a\r\n b', '\0', 'x\ny: z']),
    ]),
  (parcel, dice) => {
    parcel.version = dice.pick(['1.0', '0.9', '2.0', '1.2', '1.1 ', '']);
  },
  (parcel, dice) => {
    parcel.lastly.push((bytes) => bytes.subarray(0, dice.upTo(bytes.length)));
  },
  (parcel, dice) => {
    parcel.lastly.push((bytes) => {
      const copy = Buffer.from(bytes);
      for (let n = 0; n <= dice.upTo(4); n += 1) copy[dice.upTo(copy.length)] = dice.upTo(256);
      return copy;
    });
  },
  (parcel, dice) => {
    parcel.lastly.push((bytes) => {
      const at = dice.upTo(bytes.length);
      const extra = dice.pick([
        dice.bytes(dice.upTo(30)),
        Buffer.from('\r\n'),
        Buffer.from('\n'),
        Buffer.from('\r\n\r\n'),
        Buffer.from(`0;${'x'.repeat(20_000)}\r\n`),
      ]);
      return Buffer.concat([bytes.subarray(0, at), extra, bytes.subarray(at)]);
    });
  },
  (parcel) => {
    parcel.lastly.push((bytes) => Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1'));
  },
  (parcel, dice) => {
    parcel.chunks = [1 + dice.upTo(9)];
    parcel.lastly.push((bytes) =>
      Buffer.from(
        bytes
          .toString('latin1')
          .replace(
            /\r\n[0-9a-f]+\r\n/,
            dice.pick(['\r\nzz\r\n', '\r\n-1\r\n', '\r\nffffffffff\r\n', '\r\n3;a=\r\n', '\r\n 3\r\n']),
          ),
        'latin1',
      ),
    );
  },
  (parcel) => {
    parcel.lastly.push((bytes) => Buffer.concat([bytes, bytes, bytes]));
  },
  (parcel, dice) => {
    parcel.lastly.push(() => dice.bytes(1 + dice.upTo(1_024)));
  },
  (parcel, dice) => {
    parcel.headers.push(['Connection', 'Upgrade'], ['Upgrade', dice.pick(['websocket', 'h2c'])]);
  },
  (parcel, dice) => {
    parcel.method = dice.pick(['CONNECT', 'GE T', 'P\0ST', 'post', '', 'M'.repeat(300)]);
  },
];
