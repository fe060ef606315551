/** A self-signed certificate for the senders that sign with one: just enough DER to be one. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';

const sequence = 0x30;
const sha256WithRsa = Buffer.from('300d06092a864886f70d01010b0500', 'hex');
const commonName = Buffer.from('0603550403', 'hex');

function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const size = content.length < 128 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

/** Year to second, as the certificates have it. */
function time(at: number): Buffer {
  const text = new Date(at).toISOString().replaceAll(/[-:T]|\.\d+/g, '');
  return der(0x18, Buffer.from(text));
}

export interface Issued {
  readonly pem: string;
  readonly privateKey: KeyObject;
}

/** A certificate for a name, good from one epoch ms to another, and the key it certifies. */
export function makeCertificate(name: string, fromAt: number, untilAt: number): Issued {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const subject = der(sequence, der(0x31, der(sequence, commonName, der(0x0c, Buffer.from(name)))));
  const body = der(
    sequence,
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.from([1])),
    sha256WithRsa,
    subject,
    der(sequence, time(fromAt), time(untilAt)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const seal = der(0x03, Buffer.from([0]), sign('sha256', body, privateKey));
  const text = der(sequence, body, sha256WithRsa, seal).toString('base64');
  return { pem: `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`, privateKey };
}
