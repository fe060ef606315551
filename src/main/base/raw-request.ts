/**
 * One HTTP request as it was received, as a plain value: what the receiver captures, the store keeps and a retry
 * judges again. Nothing here is decoded or trusted.
 */
import type { HeaderList } from '../../shared/model/request.ts';

export interface RawRequest {
  readonly method: string;
  /** The request target as sent: path and query, undecoded. */
  readonly url: string;
  readonly httpVersion: string;
  /** In the order and case they were sent. */
  readonly headers: HeaderList;
  /** The bytes as they were received, content encoding and all. */
  readonly body: Uint8Array;
  /** Address of the socket's other end, IPv4-mapped addresses unmapped. */
  readonly remoteIp: string;
  readonly receivedAt: number;
  /** Of a stored request: the credentials it carried, sealed; where they stood they are blotted out. */
  readonly sealed?: string;
}

/** A complete answer; hop-by-hop headers and Content-Length are the server's business. */
export interface RawReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** The values of one header, by lower-case name, in the order sent. */
export function headerValues(headers: HeaderList, name: string): readonly string[] {
  return headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}
