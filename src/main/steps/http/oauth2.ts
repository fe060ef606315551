/**
 * OAuth 2 client credentials: a token is fetched through the same guard as every call, kept in memory until shortly
 * before it ends, and thrown away when a target no longer takes it. Never stored.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { AppError } from '../../../shared/errors.ts';
import { writtenHost } from '../network/private-hosts.ts';
import { renderSecretText, sentText, shownText, type Renderer } from '../secret-text.ts';
import type { OutboundRequest, StepContext } from '../step.ts';
import { resolveTarget, type SecretForHost } from './target.ts';

/** A token to be had: where, and with what. */
export interface TokenPlan {
  /** Tells tokens apart without holding the secret. */
  readonly key: string;
  readonly request: OutboundRequest;
}

export interface TokenCredentials {
  readonly shown: Readonly<Record<string, string>>;
  plan(secretFor: SecretForHost): TokenPlan;
}

interface KeptToken {
  readonly value: string;
  /** Epoch ms. */
  readonly endsAt: number;
}

/** Kept tokens, by plan; the oldest is let go beyond. */
const kept = new Map<string, KeptToken>();
const mostKept = 200;
/** A token that ends this soon is fetched anew. */
const spareMs = 30_000;
/** How long a token is kept whose end is not told. */
const usualMs = 300_000;

const answerSchema = z.object({
  access_token: z.string().min(1).max(65_536),
  expires_in: z.coerce.number().positive().max(31_536_000).optional().catch(undefined),
});
const refusalSchema = z.object({ error: z.string().max(200) });

/** Renders the settings of `auth` with the scheme `oauth2`. */
export async function renderOAuth2(
  fields: Readonly<Record<string, unknown>>,
  renderer: Renderer,
): Promise<TokenCredentials> {
  const text = (name: string) => renderSecretText(fields[name] ?? '', renderer);
  const [url, clientId, clientSecret, scope, audience] = await Promise.all([
    text('tokenUrl'),
    text('clientId'),
    text('clientSecret'),
    text('scope'),
    text('audience'),
  ]);
  const isInBody = fields['clientAuth'] === 'body';
  return {
    shown: {
      scheme: 'oauth2',
      tokenUrl: shownText(url),
      clientId: shownText(clientId),
      scope: shownText(scope),
    },
    plan(secretFor) {
      const target = resolveTarget(url, secretFor);
      const source = (name: string): string => secretFor(name, target.host);
      const id = sentText(clientId, source);
      const secret = sentText(clientSecret, source);
      const form = new URLSearchParams({ grant_type: 'client_credentials' });
      for (const [name, value] of [
        ['scope', sentText(scope, source)],
        ['audience', sentText(audience, source)],
      ] as const) {
        if (value !== '') form.set(name, value);
      }
      if (isInBody) {
        form.set('client_id', id);
        form.set('client_secret', secret);
      }
      // RFC 6749, 2.3.1: both are form-encoded before they are joined.
      const pair = [id, secret]
        .map((part) => new URLSearchParams([['', part]]).toString().slice(1))
        .join(':');
      const basic = `Basic ${Buffer.from(pair).toString('base64')}`;
      const key = createHash('sha256').update(JSON.stringify([target.url.href, id, secret, form.toString()]));
      return {
        key: key.digest('base64url'),
        request: {
          method: 'POST',
          url: target.url,
          headers: [
            ['content-type', 'application/x-www-form-urlencoded'],
            ['accept', 'application/json'],
            ...(isInBody ? [] : [['authorization', basic] as const]),
          ],
          body: form.toString(),
          writtenHost: writtenHost(fields['tokenUrl']),
        },
      };
    },
  };
}

function readJson(bytes: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return value;
  } catch {
    return undefined;
  }
}

/**
 * The token of a plan, from memory or from its server.
 * @throws AppError `http_failed`, `target_blocked`, `step_timeout`
 */
export async function tokenFor(
  { key, request }: TokenPlan,
  context: Pick<StepContext, 'clock' | 'sendHttp'>,
): Promise<{ readonly value: string; readonly isKept: boolean }> {
  const known = kept.get(key);
  if (known !== undefined && known.endsAt > context.clock.now()) return { value: known.value, isKept: true };
  const askedAt = context.clock.now();
  const reply = await context.sendHttp(request);
  const answer = readJson(reply.body);
  const token = answerSchema.safeParse(answer);
  if (reply.status !== 200 || !token.success) {
    const refusal = refusalSchema.safeParse(answer);
    const why = refusal.success && /^[\w.-]+$/.test(refusal.data.error) ? ` (${refusal.data.error})` : '';
    const message =
      reply.status === 200
        ? 'The token server gave no token.'
        : `The token server answered ${reply.status}${why}.`;
    const retryable = reply.status >= 500 || reply.status === 429;
    throw new AppError({ code: 'http_failed', message, details: { retryable, sent: false } });
  }
  const { access_token: value, expires_in: seconds } = token.data;
  const lifeMs = seconds === undefined ? usualMs : seconds * 1_000;
  const [oldest] = kept.keys();
  if (oldest !== undefined && kept.size >= mostKept) kept.delete(oldest);
  kept.set(key, { value, endsAt: askedAt + Math.max(0, lifeMs - spareMs) });
  return { value, isKept: false };
}

/** Forgets a token its target did not take. */
export function dropToken({ key }: TokenPlan): void {
  kept.delete(key);
}
