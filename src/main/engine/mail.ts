/** The operator's mail server for steps: read from the settings and opened at the moment it is used. */
import { AppError } from '../../shared/errors.ts';
import type { Vault } from '../base/vault.ts';
import { type MailServer, smtpPasswordPlace, smtpSettingKey, storedSmtpSchema } from '../steps/email/mail.ts';
import { createDialGuard, resolveBySystem } from '../steps/network/dial-guard.ts';
import type { Store } from '../store/open-store.ts';

/** Gives the mail server, for work that ends with the signal. @throws AppError `mail_failed` when none is set up */
export type MailSource = (signal: () => AbortSignal) => MailServer;

function openPassword(vault: Vault, sealed: string): string {
  try {
    return vault.open(sealed, smtpPasswordPlace);
  } catch (thrown) {
    throw new AppError({
      code: 'mail_failed',
      message: 'The password of the mail server was encrypted with a key that is not here. Enter it again.',
      details: { retryable: false },
      cause: thrown,
    });
  }
}

/** Reads the mail server from the settings. */
export function createMailSource(store: Store, vault: Vault, ownPorts: () => readonly number[]): MailSource {
  const guard = createDialGuard({ ownPorts, resolve: resolveBySystem });
  return (signal) => {
    const stored = storedSmtpSchema.safeParse(store.read.settings.get(smtpSettingKey));
    if (!stored.success) {
      throw new AppError({
        code: 'mail_failed',
        message: 'No mail server is set up. Enter one in the settings, under E-mail.',
        details: { retryable: false },
      });
    }
    const { sealedPassword, ...settings } = stored.data;
    const password = sealedPassword === null ? '' : openPassword(vault, sealedPassword);
    return {
      place: `${settings.host}:${settings.port}`,
      from: settings.from,
      // Loaded when the first message goes out: most installs never send one, and it takes megabytes.
      async send(mail) {
        const { deliver } = await import('../steps/email/deliver.ts');
        return deliver({ ...settings, password }, mail, guard, signal());
      },
    };
  };
}
