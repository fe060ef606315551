/** A request as it goes into the store: byte for byte, the credentials it carries sealed (RELIABILITY 5). */
import { hideCredentials } from '../base/credentials.ts';
import type { RawRequest } from '../base/raw-request.ts';
import { type Exchange, routeOf } from './exchange.ts';
import type { Tools } from './tools.ts';

/** What is stored of a request past the route stage. */
export function storableRaw(exchange: Exchange, { vault }: Pick<Tools, 'vault'>): RawRequest {
  return hideCredentials(exchange.raw, routeOf(exchange).credentials, vault, exchange.id);
}
