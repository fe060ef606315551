/**
 * Stage 3, method and origin (SPEC 4.3): which methods the endpoint takes, and whether a web page of another site may call
 * it. Preflights are answered here and go no further.
 */
import { AppError } from '../../../shared/errors.ts';
import type { Answer, Exchange } from '../exchange.ts';
import { routeOf } from '../exchange.ts';
import type { Route } from '../routes/route.ts';
import type { Tools } from '../tools.ts';
import { mayBeHandshake } from './handshake.ts';
import { maySample } from '../gate/may-sample.ts';

/** Seconds a browser may keep the answer to a preflight. */
const preflightSeconds = '600';
/** What a page may read of an answer beside its body: how long to wait, and where the run is. */
const readableHeaders = 'Location, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset';

/** @throws AppError `method_not_allowed`, `cross_site` */
export function checkMethod(exchange: Exchange, tools: Tools): Answer | undefined {
  const route = routeOf(exchange);
  const { method } = exchange.head.raw;
  if (method === 'OPTIONS' && isPreflight(exchange, route)) return answerPreflight(exchange, route);
  const isAllowed = route.methods.has(method === 'HEAD' ? 'GET' : method);
  if (!isAllowed && !mayBeHandshake(exchange) && !maySample(exchange, tools)) {
    exchange.addHeader('Allow', route.allow);
    throw new AppError({ code: 'method_not_allowed', reason: `${method} is not among ${route.allow}.` });
  }
  checkOrigin(exchange, route, tools);
  exchange.note = method;
  return undefined;
}

/** OPTIONS is answered only where some origin may call, and only to a browser that asks for a page. */
function isPreflight({ head }: Exchange, { settings }: Route): boolean {
  const { origins = [] } = settings.cors ?? {};
  return origins.length > 0 && head.fields.get('origin') !== undefined;
}

function answerPreflight(exchange: Exchange, route: Route): Answer {
  const { fields } = exchange.head;
  const origin = fields.get('origin');
  if (origin === undefined || !opensTo(route, origin)) throw crossSite(origin);
  exchange.verdict = 'handshake';
  exchange.reason = 'cors_preflight';
  exchange.reasonText = 'A browser asked whether a page may call.';
  exchange.note = 'A preflight of an allowed origin.';
  const asked = fields.get('access-control-request-headers');
  const headers: Record<string, string> = {
    'Access-Control-Allow-Origin': origin,
    'Access-Control-Allow-Methods': route.allow,
    'Access-Control-Max-Age': preflightSeconds,
    Vary: 'Origin',
  };
  if (asked !== undefined) headers['Access-Control-Allow-Headers'] = asked;
  // Pages of the open internet ask this before they may reach a private address.
  if (fields.get('access-control-request-private-network') === 'true') {
    headers['Access-Control-Allow-Private-Network'] = 'true';
  }
  return { status: 204, headers, body: '' };
}

/** Browsers name the page that calls; other callers send neither header. */
function checkOrigin(exchange: Exchange, route: Route, tools: Tools): void {
  const { fields } = exchange.head;
  const origin = fields.get('origin');
  const site = fields.get('sec-fetch-site');
  if (origin === undefined) {
    const isOwn = site === undefined || site === 'same-origin' || site === 'none';
    if (!isOwn && !opensTo(route, '*')) throw crossSite(site);
    return;
  }
  if (opensTo(route, origin)) {
    exchange.addHeader('Access-Control-Allow-Origin', origin);
    exchange.addHeader('Access-Control-Expose-Headers', readableHeaders);
    exchange.addHeader('Vary', 'Origin');
    return;
  }
  if (!isOwnOrigin(origin, fields.get('host'), tools.settings().publicUrl)) throw crossSite(origin);
}

function opensTo(route: Route, origin: string): boolean {
  const { cors } = route.settings;
  return cors !== undefined && (cors.origins.includes('*') || cors.origins.includes(origin));
}

/**
 * Whether a page came from this receiver itself (`/docs`). Its Host must be an address, localhost or the public name:
 * any other name could have been pointed here by whoever owns it (DNS rebinding).
 */
function isOwnOrigin(origin: string, host: string | undefined, publicUrl: string | null): boolean {
  if (publicUrl !== null && URL.parse(publicUrl)?.origin === origin) return true;
  if (host === undefined || origin !== `http://${host.toLowerCase()}`) return false;
  const name = URL.parse(origin)?.hostname ?? '';
  return name === 'localhost' || name.startsWith('[') || /^\d{1,3}(\.\d{1,3}){3}$/.test(name);
}

function crossSite(from: string | undefined): AppError {
  return new AppError({
    code: 'cross_site',
    reason: `A web page called (${from ?? 'no origin'}); its origin is not allowed.`,
  });
}
