/** Stage 4, the caller's address (SPEC 4.4): where a list exists, an address that can not be told is not on it. */
import { AppError } from '../../../shared/errors.ts';
import type { Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';
import { directNote, findCaller } from '../gate/client-ip.ts';
import type { Tools } from '../tools.ts';

/** @throws AppError `ip_not_allowed` */
export function checkAddress(exchange: Exchange, tools: Tools): void {
  const { allowList } = routeOf(exchange);
  const { headers, remoteIp } = exchange.head.raw;
  const { publicUrl, trustedHops } = tools.settings();
  const publicHost = publicUrl === null ? undefined : URL.parse(publicUrl)?.hostname;
  exchange.caller = findCaller(headers, remoteIp, trustedHops, publicHost);
  const { address, note, text } = exchange.caller;
  if (allowList === undefined) {
    // Where nothing is to be explained, the timeline stays short.
    if (note !== directNote) exchange.note = note;
    return;
  }
  if (address === undefined)
    throw new AppError({ code: 'ip_not_allowed', reason: `The caller's address: ${note}` });
  if (!allowList.has(address)) {
    throw new AppError({ code: 'ip_not_allowed', reason: `${text} is not on the allow list. ${note}` });
  }
  exchange.note = `${text} is on the allow list. ${note}`;
}
