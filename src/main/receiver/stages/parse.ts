/** Stage 9, the payload (SPEC 4.9): nothing parses a body before its sender is known. */
import { readContentType } from '../body/content-type.ts';
import { readPayload, type Payload } from '../body/read-payload.ts';
import type { Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';

/** @throws AppError `malformed_json`, `empty_body`, `too_deep`, `too_many_keys`, `malformed_body`, `unsupported_media_type` */
export function parse(exchange: Exchange): void | Promise<void> {
  const header = exchange.head.fields.get('content-type');
  const { style, settings } = routeOf(exchange);
  const payload = readPayload({
    bytes: exchange.decoded,
    type: readContentType(header),
    header,
    reading: style.reading,
    isPlain: exchange.decoded === exchange.body,
    isStrict: settings.strictJson,
  });
  const keep = (read: Payload): void => {
    exchange.payload = read;
    exchange.note = read.note;
  };
  return payload instanceof Promise ? payload.then(keep) : keep(payload);
}
