/**
 * The operator's mail server: set once, its password sealed and never shown again. A password is bound to the server it
 * was entered for, so that whoever may change settings can not have it sent elsewhere.
 */
import type { SmtpView } from '../../shared/contract/system.ts';
import { newSecret } from '../base/ids.ts';
import { createMailSource } from '../engine/mail.ts';
import { isAddress } from '../steps/email/addresses.ts';
import { smtpPasswordPlace, smtpSettingKey, type StoredSmtp, storedSmtpSchema } from '../steps/email/mail.ts';
import { invalid } from './issues.ts';
import { isMask, maskSecret } from './masking.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';

/** How long a test message may take. */
const testMs = 30_000;

function toView({ sealedPassword, ...settings }: StoredSmtp): SmtpView {
  return { ...settings, password: sealedPassword === null ? null : maskSecret('') };
}

/** `settings.getMail`, `.updateMail` and `.testMail` of the contract. */
export function mailProcedures(os: Procedures, { store, vault, control }: ApiParts) {
  const mail = createMailSource(store, vault, () => [control.listening().port]);

  function read(): StoredSmtp | undefined {
    return storedSmtpSchema.safeParse(store.read.settings.get(smtpSettingKey)).data;
  }

  function present(): { readonly smtp: SmtpView | null } {
    const stored = read();
    return { smtp: stored === undefined ? null : toView(stored) };
  }

  /** What is to be stored as password: a new one, the one there is, or none. */
  function sealedOf(password: string | null | undefined, isSameServer: boolean): string | null {
    if (password === null || password === '') return null;
    if (password !== undefined && !isMask(password)) return vault.seal(password, smtpPasswordPlace);
    const kept = read()?.sealedPassword ?? null;
    if (kept === null || isSameServer) return kept;
    throw invalid([{ path: 'smtp.password', message: 'Enter the password again when the server changes.' }]);
  }

  return {
    getMail: os.settings.getMail.use(requires('admin')).handler(present),

    updateMail: os.settings.updateMail.use(requires('admin')).handler(async ({ input: { smtp } }) => {
      if (smtp === null) {
        await store.write('setSetting', { key: smtpSettingKey, value: null });
        return present();
      }
      if (!isAddress(smtp.from)) {
        throw invalid([
          { path: 'smtp.from', message: 'An e-mail address, e.g. Orders <orders@example.com>.' },
        ]);
      }
      const { password, ...settings } = smtp;
      const known = read();
      const isSameServer = known?.host === settings.host && known.port === settings.port;
      // A weaker connection would show the password to whoever listens.
      const isAsSafe = isSameServer && known.security === settings.security;
      const value: StoredSmtp = { ...settings, sealedPassword: sealedOf(password, isAsSafe) };
      await store.write('setSetting', { key: smtpSettingKey, value });
      return present();
    }),

    testMail: os.settings.testMail.use(requires('admin')).handler(async ({ input: { to } }) => {
      if (!isAddress(to)) throw invalid([{ path: 'to', message: 'This is no e-mail address.' }]);
      const server = mail(() => AbortSignal.timeout(testMs));
      const { accepted, response } = await server.send({
        messageId: `<${newSecret()}@hookyard.invalid>`,
        to: [to],
        cc: [],
        bcc: [],
        replyTo: [],
        subject: 'Hookyard can send e-mail',
        text: 'This message was sent to see whether the mail server of Hookyard is set up as it should be.',
        html: undefined,
        attachments: [],
      });
      return { accepted: [...accepted], response };
    }),
  };
}
