/** The `auth` of an HTTP step: the header it makes, and what of it may be shown. */
import {
  renderSecretText,
  sentText,
  shownText,
  type Renderer,
  type SecretSource,
  type SecretText,
} from '../secret-text.ts';

export interface Credentials {
  /** For the run's history: literal passwords covered, secrets by name. */
  readonly shown: Readonly<Record<string, string>> | undefined;
  /** The header to send, and every text in it that must not come back into the run. */
  sent(source: SecretSource): {
    readonly header: readonly [string, string] | undefined;
    readonly hidden: readonly string[];
  };
}

/** A literal credential is covered; one made of named secrets is shown by their names. */
export function coverText(text: SecretText): string {
  return text.some((part) => typeof part === 'object') ? shownText(text) : '***';
}

const nothing: Credentials = { shown: undefined, sent: () => ({ header: undefined, hidden: [] }) };

/** Renders the group `auth` of the config. */
export async function renderCredentials(auth: unknown, renderer: Renderer): Promise<Credentials> {
  const fields: Readonly<Record<string, unknown>> = { ...(typeof auth === 'object' ? auth : {}) };
  const text = (name: string): Promise<SecretText> => renderSecretText(fields[name] ?? '', renderer);
  switch (fields['scheme']) {
    case 'basic': {
      const [username, password] = await Promise.all([text('username'), text('password')]);
      return {
        shown: { scheme: 'basic', username: shownText(username), password: coverText(password) },
        sent(source) {
          const secret = sentText(password, source);
          const pair = `${sentText(username, source)}:${secret}`;
          const encoded = Buffer.from(pair).toString('base64');
          return { header: ['authorization', `Basic ${encoded}`], hidden: [secret, pair, encoded] };
        },
      };
    }
    case 'bearer': {
      const token = await text('token');
      return {
        shown: { scheme: 'bearer', token: coverText(token) },
        sent(source) {
          const secret = sentText(token, source);
          return { header: ['authorization', `Bearer ${secret}`], hidden: [secret] };
        },
      };
    }
    case 'header': {
      const name = typeof fields['name'] === 'string' ? fields['name'] : '';
      const value = await text('value');
      return {
        shown: { scheme: 'header', name, value: coverText(value) },
        sent(source) {
          const secret = sentText(value, source);
          return { header: [name, secret], hidden: [secret] };
        },
      };
    }
    default:
      return nothing;
  }
}
