/**
 * The call an HTTP step is configured to make: rendered once, shown without secrets, and completed with them only when
 * it is sent.
 */
import { textOf } from '../../../shared/expression/template.ts';
import { templateSecrets } from '../../../shared/expression/template-secrets.ts';
import { renderSecretText, renderSecretValue, sentText, shownText, type SecretText } from '../secret-text.ts';
import { writtenHost } from '../network/private-hosts.ts';
import type { OutboundRequest, StepContext } from '../step.ts';
import { coverText, renderCredentials } from './credentials.ts';
import type { TokenPlan } from './oauth2.ts';
import { addQuery, resolveTarget } from './target.ts';
import { wholePayload } from './whole-payload.ts';

export interface Call {
  /** For the run's history. */
  readonly shown: Readonly<Record<string, unknown>>;
  /** Puts the secrets in. `hidden` are the texts to keep out of whatever is stored. */
  complete(): CompleteCall;
}

export interface CompleteCall {
  readonly request: OutboundRequest;
  readonly hidden: readonly string[];
  /** A token to fetch and to send with it. */
  readonly token: TokenPlan | undefined;
}

type NamedTexts = ReadonlyArray<readonly [string, SecretText]>;

const sensitiveName = /authori[sz]ation|cookie|api-?key|secret|token|password|signature/i;

/** Whether the literal values of a header are nobody's business. */
export function isSensitiveHeader(name: string): boolean {
  return sensitiveName.test(name);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** Renders name → template; a value that comes to nothing is left out, a list gives its name several times. */
async function renderMap(map: unknown, context: StepContext): Promise<NamedTexts> {
  const texts: (readonly [string, SecretText])[] = [];
  for (const [name, template] of Object.entries(recordOf(map))) {
    if (templateSecrets(template).length > 0) {
      texts.push([name, await renderSecretText(template, context)]);
      continue;
    }
    const value = await context.render(template);
    for (const item of Array.isArray(value) ? value : [value]) {
      if (item !== undefined && item !== null) texts.push([name, [textOf(item)]]);
    }
  }
  return texts;
}

/** A header sent as a list becomes a list; others are texts. */
function shownMap(texts: NamedTexts): Record<string, string | string[]> {
  const shown = new Map<string, string[]>();
  for (const [name, text] of texts) {
    const value = isSensitiveHeader(name) ? coverText(text) : shownText(text);
    shown.set(name, [...(shown.get(name) ?? []), value]);
  }
  return Object.fromEntries(
    [...shown].map(([name, list]) => [name, list.length === 1 ? (list[0] ?? '') : list]),
  );
}

function looksLikeJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The body as sent and the content type it speaks for itself. */
function encodeBody(
  value: unknown,
  contentType: string,
  context: StepContext,
): { readonly body: string; readonly type: string } | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') {
    return { body: value, type: looksLikeJson(value) ? 'application/json' : 'text/plain; charset=utf-8' };
  }
  if (contentType.toLowerCase().startsWith('application/x-www-form-urlencoded')) {
    const form = new URLSearchParams();
    for (const [name, item] of Object.entries(recordOf(value))) form.append(name, textOf(item));
    return { body: form.toString(), type: contentType };
  }
  const whole = wholePayload(value, context.scope, context.payloadText);
  return { body: whole ?? JSON.stringify(value), type: 'application/json' };
}

/** Renders every field of an HTTP step's config. */
export async function prepareCall(context: StepContext): Promise<Call> {
  const { config } = context;
  const method = typeof config['method'] === 'string' ? config['method'] : 'GET';
  const url = await renderSecretText(config['url'], context);
  const headers = await renderMap(config['headers'], context);
  const query = await renderMap(config['query'], context);
  const credentials = await renderCredentials(config['auth'], context, context);
  const body = await renderSecretValue(config['body'] === '' ? undefined : config['body'], context);
  const shown: Record<string, unknown> = { method, url: shownText(url) };
  if (headers.length > 0) shown['headers'] = shownMap(headers);
  if (query.length > 0) shown['query'] = shownMap(query);
  if (credentials.shown !== undefined) shown['auth'] = credentials.shown;
  const shownBody = body.shown();
  if (shownBody !== undefined && shownBody !== null) shown['body'] = shownBody;

  return {
    shown,
    complete() {
      const hidden: string[] = [];
      const secretFor: StepContext['secret'] = (name, host) => {
        const value = context.secret(name, host);
        hidden.push(value);
        return value;
      };
      const target = resolveTarget(url, secretFor);
      const source = (name: string): string => secretFor(name, target.host);
      const pairs = (texts: NamedTexts) =>
        texts.map(([name, text]) => [name, sentText(text, source)] as const);
      const own = pairs(headers);
      for (const [name, value] of own) {
        if (isSensitiveHeader(name)) hidden.push(value, value.slice(value.indexOf(' ') + 1));
      }
      const credential = credentials.sent(source, secretFor);
      hidden.push(...credential.hidden);
      const sentHeaders = [...own, ...(credential.headers ?? [])];
      const has = (name: string) => sentHeaders.some(([given]) => given.toLowerCase() === name);
      const givenType = sentHeaders.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
      const encoded = encodeBody(body.sent(source), givenType, context);
      if (encoded !== undefined && givenType === '') sentHeaders.push(['content-type', encoded.type]);
      if (!has('idempotency-key')) sentHeaders.push(['idempotency-key', context.idempotencyKey]);
      sentHeaders.push(...(credential.sign?.(encoded?.body ?? '') ?? []));
      const { timeoutSeconds } = config;
      const request: OutboundRequest = {
        method,
        url: addQuery(target.url, [...pairs(query), ...(credential.query ?? [])]),
        headers: sentHeaders,
        body: encoded?.body,
        writtenHost: writtenHost(config['url']),
        patienceMs: typeof timeoutSeconds === 'number' ? timeoutSeconds * 1_000 : undefined,
      };
      return { request, hidden, token: credential.token };
    },
  };
}
