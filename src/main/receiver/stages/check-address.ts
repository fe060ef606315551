/** Stage 4, the caller's address (SPEC 4.4): where a list exists, an address that can not be told is not on it. */
import { AppError } from '../../../shared/errors.ts';
import type { Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';
import { findCaller } from '../gate/client-ip.ts';
import type { Tools } from '../tools.ts';

/** @throws AppError `ip_not_allowed` */
export function checkAddress(exchange: Exchange, tools: Tools): void {
  const { allowList } = routeOf(exchange);
  const { headers, remoteIp } = exchange.head.raw;
  const { publicUrl, trustedHops } = tools.settings();
  const publicHost = publicUrl === null ? undefined : URL.parse(publicUrl)?.host;
  exchange.caller = findCaller(headers, remoteIp, trustedHops, publicHost);
  if (allowList === undefined) return;
  const { address, text } = exchange.caller;
  if (address === undefined) {
    throw new AppError({
      code: 'ip_not_allowed',
      reason: `The caller's address can not be told (the connection came from ${remoteIp}).`,
    });
  }
  if (!allowList.has(address)) {
    throw new AppError({ code: 'ip_not_allowed', reason: `${text} is not on the allow list.` });
  }
  exchange.note = `${text} is on the allow list.`;
}
