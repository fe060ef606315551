/**
 * E-mail: one message by the operator's mail server. Its attempt is committed before anything is sent; every try has
 * the same Message-ID (SPEC 8, 9; RELIABILITY P4).
 */
import { AppError, toAppError } from '../../../shared/errors.ts';
import { createMask } from '../http/mask.ts';
import { renderSecretText, renderSecretValue, sentText, shownText, type SecretText } from '../secret-text.ts';
import type { StepContext, StepKind, StepResult } from '../step.ts';
import { bareAddress, headerText, readAddresses } from './addresses.ts';
import { readAttachments } from './attachments.ts';
import { emailDefinition } from './definition.ts';
import type { MailReceipt, OutboundMail } from './mail.ts';

/** Tells a repeated message from a new one, wherever it arrives. */
function messageIdOf(context: StepContext, from: string): string {
  const domain = bareAddress(from).split('@')[1] ?? 'hookyard.invalid';
  return `<${context.idempotencyKey}@${domain}>`;
}

/** A recipient who was refused is no silent success; whoever was not has the message. */
function refusalOf({ accepted, rejected }: MailReceipt): AppError | undefined {
  if (rejected.length === 0) return undefined;
  const all = accepted.length + rejected.length;
  return new AppError({
    code: 'mail_failed',
    message: `The mail server refused ${rejected.length} of ${all} recipients: ${rejected.join(', ').slice(0, 500)}.`,
    details: { rejected: [...rejected], retryable: false, sent: true },
  });
}

/** A message that may have been taken and was never confirmed is in doubt where it must not be repeated. */
function doubtOf(failure: AppError, { config }: StepContext): AppError {
  const { code, message, details, cause } = failure;
  if (config['atMostOnce'] !== true || details['sent'] !== true) return failure;
  return new AppError({ code, message, details: { ...details, inDoubt: true }, cause });
}

function sizes(attachments: OutboundMail['attachments']): readonly { filename: string; bytes: number }[] {
  return attachments.map(({ filename, content }) => ({ filename, bytes: content.length }));
}

async function run(context: StepContext): Promise<StepResult> {
  const { config } = context;
  const addresses = async (field: string) =>
    readAddresses(field, await context.render(config[field] ?? null));
  const optional = (field: string): Promise<SecretText | undefined> =>
    typeof config[field] === 'string' && config[field] !== ''
      ? renderSecretText(config[field], context)
      : Promise.resolve(undefined);
  const [to, cc, bcc, replyTo] = await Promise.all(['to', 'cc', 'bcc', 'replyTo'].map(addresses));
  const [subject = [''], text, html] = await Promise.all(['subject', 'text', 'html'].map(optional));
  const attached = await renderSecretValue(config['attachments'] ?? null, context);
  const shown = {
    to,
    ...(cc?.length ? { cc } : {}),
    ...(bcc?.length ? { bcc } : {}),
    ...(replyTo?.length ? { replyTo } : {}),
    subject: headerText('subject', shownText(subject)),
    ...(text === undefined ? {} : { text: shownText(text) }),
    ...(html === undefined ? {} : { html: shownText(html) }),
  };
  try {
    const server = context.mailServer();
    const hidden: string[] = [];
    const source = (name: string): string => {
      const value = context.secret(name, server.place);
      hidden.push(value);
      return value;
    };
    const mail: OutboundMail = {
      messageId: messageIdOf(context, server.from),
      to: to ?? [],
      cc: cc ?? [],
      bcc: bcc ?? [],
      replyTo: replyTo ?? [],
      subject: headerText('subject', sentText(subject, source)),
      text: text === undefined ? (html === undefined ? '' : undefined) : sentText(text, source),
      html: html === undefined ? undefined : sentText(html, source),
      attachments: readAttachments(attached.sent(source)),
    };
    const mask = createMask(hidden);
    const { attachments } = mail;
    const input = mask.value(
      attachments.length === 0 ? shown : { ...shown, attachments: sizes(attachments) },
    );
    await context.begin(input);
    const receipt = await server.send(mail);
    const output = { messageId: mail.messageId, ...receipt, response: mask.text(receipt.response) };
    const failure = refusalOf(receipt);
    return failure === undefined ? { input, output } : { input, output, failure };
  } catch (thrown) {
    return { input: shown, failure: doubtOf(toAppError(thrown), context) };
  }
}

export const emailStep: StepKind = {
  definition: emailDefinition,
  timeoutSeconds: 60,
  secretFields: ['subject', 'text', 'html', 'attachments'],
  check({ text, html }) {
    const isEmpty = (value: unknown): boolean => value === undefined || value === '';
    return isEmpty(text) && isEmpty(html) ? [{ path: 'text', message: 'Write a text, or HTML.' }] : [];
  },
  run,
};
