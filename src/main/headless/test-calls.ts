/** Calls of a regression test: over real HTTP, headers in the order and case of the file. */
import { request } from 'node:http';
import type { CaseBody, CaseDelivery } from '../../shared/model/case.ts';

export interface TestAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface TestCall {
  readonly method: string;
  readonly headers: ReadonlyArray<readonly [string, string]>;
  readonly body: Uint8Array;
}

const noBytes = new Uint8Array(0);

function bytesOf(body: CaseBody | null): Uint8Array {
  return body === null ? noBytes : Buffer.from(body.data, body.encoding);
}

/** The call of a file. */
export function toCall({
  method,
  headers,
  body,
}: Pick<CaseDelivery, 'method' | 'headers' | 'body'>): TestCall {
  return { method, headers, body: bytesOf(body) };
}

/** Sends a call and reads the whole answer. Rejects when nobody answers, or when it is given up. */
export function send(
  url: string,
  { method, headers, body }: TestCall,
  signal: AbortSignal,
): Promise<TestAnswer> {
  const own: [string, string][] = [['Host', new URL(url).host]];
  if (body.byteLength > 0 || !['GET', 'HEAD', 'DELETE'].includes(method))
    own.push(['Content-Length', String(body.byteLength)]);
  own.push(['Connection', 'close']);
  return new Promise((resolve, reject) => {
    const call = request(url, { method, headers: [...own, ...headers].flat(), signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const fields = Object.entries(response.headers).map(([name, value]): [string, string] => [
          name,
          Array.isArray(value) ? value.join(', ') : (value ?? ''),
        ]);
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(fields),
          text: Buffer.concat(chunks).toString('utf8'),
        });
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}
