/**
 * A captured request as it may stand in a file: the bytes and headers that came, without keys, signatures and what speaks
 * of the connection.
 */
import { isUtf8 } from 'node:buffer';
import type { CaseBody, CaseDelivery } from '../../shared/model/case.ts';
import { AppError } from '../../shared/errors.ts';
import type { HeaderList } from '../../shared/model/request.ts';
import { blot, isSecretHeader, isSecretParameter } from '../base/credentials.ts';
import type { RawRequest } from '../base/raw-request.ts';
import { type KnownSecrets, maskBytes, maskText } from './masking.ts';

/** Said anew by whoever sends it. */
const ofTheConnection = new Set(
  'host connection content-length transfer-encoding keep-alive te trailer upgrade expect proxy-connection'.split(
    ' ',
  ),
);

function caseHeaders(headers: HeaderList, known: KnownSecrets): [string, string][] {
  return headers.flatMap(([name, value]): [string, string][] => {
    const key = name.toLowerCase();
    const isSecret = isSecretHeader(key) || known.names.has(key) || value.startsWith(blot);
    return isSecret || ofTheConnection.has(key) ? [] : [[name, maskText(value, known)]];
  });
}

function caseQuery(url: string, known: KnownSecrets): string {
  const at = url.indexOf('?');
  if (at < 0) return '';
  const pairs = url.slice(at + 1).split('&');
  const kept = pairs.filter((pair) => {
    const [name] = new URLSearchParams(pair).keys();
    if (name === undefined) return true;
    return !isSecretParameter(name) && !known.names.has(name.toLowerCase()) && !pair.endsWith(`=${blot}`);
  });
  return maskText(kept.join('&'), known);
}

/** Bytes for a file: as text where they are text. */
export function caseBody(bytes: Uint8Array): CaseBody | null {
  if (bytes.byteLength === 0) return null;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return isUtf8(bytes)
    ? { encoding: 'utf8', data: buffer.toString('utf8') }
    : { encoding: 'base64', data: buffer.toString('base64') };
}

/** A request for a file. @throws AppError `conflict` when its body was not kept whole */
export function caseRequest(
  raw: RawRequest | undefined,
  wholeSize: number,
  nodeId: string,
  known: KnownSecrets,
): CaseDelivery {
  if (raw === undefined || raw.body.byteLength < wholeSize) {
    throw new AppError({ code: 'conflict', message: 'The request behind this run is not kept whole.' });
  }
  const [path = ''] = raw.url.split('?', 1);
  return {
    nodeId,
    method: raw.method,
    path,
    query: caseQuery(raw.url, known),
    headers: caseHeaders(raw.headers, known),
    body: caseBody(maskBytes(raw.body, known)),
  };
}
