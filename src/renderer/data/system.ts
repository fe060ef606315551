/** What belongs to the install: status, settings, secrets, tokens, and the catalog of definitions. */
import type { Scope, SecretView, SettingsView, StatusView, TokenView } from '../../shared/contract/views.ts';
import type { SmtpView } from '../../shared/contract/system.ts';
import type { Catalog } from '../../shared/model/catalog.ts';
import { call } from './connection.ts';
import { defineSingle } from './mirror.ts';

/** How the app is doing; figures age, so it is read every few seconds too. */
export const statusMirror = defineSingle<StatusView>({
  topics: ['settings', 'requests', 'runs', 'workflows', 'endpoints', 'records', 'alarms'],
  everyMs: 5_000,
  gapMs: 1_000,
  read: (client, signal) => client.status.get(undefined, { signal }),
});

export const settingsMirror = defineSingle<SettingsView>({
  topics: ['settings'],
  read: (client, signal) => client.settings.get(undefined, { signal }),
});

/** Definitions of step kinds, auth schemes and styles; they do not change while the app runs. */
export const catalogMirror = defineSingle<Catalog>({
  topics: [],
  read: (client, signal) => client.catalog.list(undefined, { signal }),
});

export const secretsMirror = defineSingle<readonly SecretView[]>({
  topics: ['secrets'],
  read: async (client, signal) => (await client.secrets.list(undefined, { signal })).items,
});

export const tokensMirror = defineSingle<readonly TokenView[]>({
  topics: ['tokens'],
  read: async (client, signal) => (await client.tokens.list(undefined, { signal })).items,
});

/** Changes settings; the receiver moves at once. */
export const updateSettings = (change: Partial<SettingsView>): Promise<SettingsView> =>
  call((client) => client.settings.update(change));
export const setSecret = (secret: {
  readonly name: string;
  readonly value: string;
  readonly hosts: readonly string[];
}): Promise<SecretView> => call((client) => client.secrets.set({ ...secret, hosts: [...secret.hosts] }));
export const removeSecret = (name: string) => call((client) => client.secrets.remove({ name }));
/** Creates an API token; the answer is the only time it is shown. */
export const createToken = (name: string, scopes: readonly Scope[]) =>
  call((client) => client.tokens.create({ name, scopes: [...scopes] }));
export const removeToken = (id: string) => call((client) => client.tokens.remove({ id }));

/** Where e-mail goes out; null: nowhere yet. */
export const mailMirror = defineSingle<SmtpView | null>({
  topics: ['settings'],
  read: async (client, signal) => (await client.settings.getMail(undefined, { signal })).smtp,
});
/** Sets the mail server; the password as it was read stays, null takes it away. */
export const updateMail = (smtp: SmtpView | null): Promise<SmtpView | null> =>
  call(async (client) => (await client.settings.updateMail({ smtp })).smtp);
/** Sends a test message; answers what the server said. */
export const testMail = (to: string): Promise<string> =>
  call(async (client) => (await client.settings.testMail({ to })).response);
