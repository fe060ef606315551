/** What an e-mail is before it is sent, and the server that takes it. */
import { z } from 'zod';

export interface Attachment {
  readonly filename: string;
  readonly content: Buffer;
  readonly contentType: string | undefined;
}

/** A message, complete and with every secret put in. Never stored. */
export interface OutboundMail {
  /** With angle brackets; the same for every try, so that a repeat is recognised. */
  readonly messageId: string;
  /** Addresses may have names: `Ada <ada@example.com>`. */
  readonly to: readonly string[];
  readonly cc: readonly string[];
  readonly bcc: readonly string[];
  readonly replyTo: readonly string[];
  readonly subject: string;
  readonly text: string | undefined;
  readonly html: string | undefined;
  readonly attachments: readonly Attachment[];
}

/** What the server said. */
export interface MailReceipt {
  readonly accepted: readonly string[];
  readonly rejected: readonly string[];
  readonly response: string;
}

/** The operator's mail server as a step sees it. */
export interface MailServer {
  /** `name:port`, to which every secret of a message must be allowed. */
  readonly place: string;
  readonly from: string;
  /** @throws AppError `mail_failed`, `target_blocked`; `details.sent`: the message may have arrived */
  send(mail: OutboundMail): Promise<MailReceipt>;
}

/** The place of the password in the vault. */
export const smtpPasswordPlace = 'settings:smtp:password';
/** The key of the setting. */
export const smtpSettingKey = 'smtp';

export const smtpSecurity = ['none', 'starttls', 'tls'] as const;

/** The setting as it is stored. */
export const storedSmtpSchema = z.object({
  host: z.string(),
  port: z.number(),
  security: z.enum(smtpSecurity),
  user: z.string(),
  sealedPassword: z.string().nullable(),
  from: z.string(),
  allowSelfSigned: z.boolean(),
});
export type StoredSmtp = z.infer<typeof storedSmtpSchema>;

/** The setting with its password opened. */
export interface SmtpSettings extends Omit<StoredSmtp, 'sealedPassword'> {
  readonly password: string;
}
