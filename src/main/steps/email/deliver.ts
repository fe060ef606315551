/**
 * Hands one message to a mail server over SMTP. What was said when it failed decides what comes next: a refusal for
 * now (4xx) may be tried again, one for good (5xx) not, and a connection that broke while the message was under way
 * leaves it in doubt.
 */
import { connect, isIP, type Socket } from 'node:net';
import MailComposer from 'nodemailer/lib/mail-composer';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { AppError } from '../../../shared/errors.ts';
import { networkCodeOf, networkSentence } from '../http/network-words.ts';
import { type DialGuard, lookupOf } from '../network/dial-guard.ts';
import { wholeHost } from '../network/private-hosts.ts';
import { bareAddress, badMail } from './addresses.ts';
import type { MailReceipt, OutboundMail, SmtpSettings } from './mail.ts';

const connectMs = 10_000;
/** Until the greeting, and between any two words of the server. */
const silenceMs = 30_000;

/** How far a delivery has come. */
type Stage = 'connecting' | 'logging in' | 'sending';

interface SmtpError {
  readonly code: string;
  /** Status of the server's answer; 0 when it gave none. */
  readonly status: number;
  readonly command: string;
  readonly response: string;
}

function readError(thrown: unknown): SmtpError {
  const error: Readonly<Record<string, unknown>> =
    typeof thrown === 'object' && thrown !== null ? Object.fromEntries(Object.entries(thrown)) : {};
  const word = (name: string): string => (typeof error[name] === 'string' ? error[name] : '');
  const status = error['responseCode'];
  return {
    code: word('code') === '' ? networkCodeOf(thrown) : word('code'),
    status: typeof status === 'number' ? status : 0,
    command: word('command'),
    response: word('response').slice(0, 300),
  };
}

function sentenceOf({ code, status, response }: SmtpError, stage: Stage, thrown: unknown): string {
  const said = response === '' ? '' : ` It said: ${response}`;
  const text = thrown instanceof Error ? thrown.message : '';
  if (code === 'EAUTH') return `The mail server did not take the user name or password.${said}`;
  if (status > 0) return `The mail server refused the message.${said}`;
  if (/self.signed/i.test(text)) {
    return "The mail server's certificate is signed by itself; allow that in the settings if it is meant.";
  }
  if (code === 'ETLS' || /certificate|altnames/i.test(text)) {
    return 'No encrypted connection to the mail server could be made; see its security in the settings.';
  }
  const cause = networkSentence(networkCodeOf(thrown instanceof Error ? (thrown.cause ?? thrown) : thrown));
  if (code === 'ETIMEDOUT') return 'The mail server did not answer in time.';
  if (stage === 'connecting') return `The mail server can not be reached. ${cause ?? ''}`.trim();
  return 'The connection to the mail server broke off.';
}

/** What a failed delivery is told as. `isInside`: the message itself was under way. */
function failureOf(thrown: unknown, stage: Stage, isInside: boolean): AppError {
  if (thrown instanceof AppError) {
    return isInside
      ? new AppError({
          code: thrown.code,
          message: thrown.message,
          details: { ...thrown.details, sent: true },
        })
      : thrown;
  }
  const error = readError(thrown);
  const isFinal = error.code === 'EAUTH' ? error.status >= 500 || error.status === 0 : error.status >= 500;
  return new AppError({
    code: 'mail_failed',
    message: sentenceOf(error, stage, thrown),
    details: {
      ...(error.status > 0 ? { status: error.status, response: error.response } : {}),
      ...(isFinal ? { retryable: false } : {}),
      // An answer says that the message was not taken; silence says nothing.
      ...(isInside && error.status === 0 ? { sent: true } : {}),
    },
    cause: thrown,
  });
}

async function dial({ host, port }: SmtpSettings, guard: DialGuard, signal: AbortSignal): Promise<Socket> {
  const addresses = await guard.admit(host, port, wholeHost);
  const socket = connect({ host, port, lookup: lookupOf(addresses), autoSelectFamily: true, signal });
  const { promise, resolve, reject } = Promise.withResolvers<Socket>();
  const late = new AppError({
    code: 'mail_failed',
    message: 'No connection to the mail server within 10 seconds.',
  });
  const timer = setTimeout(() => socket.destroy(late), connectMs);
  socket.once('connect', () => resolve(socket)).once('error', reject);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.removeListener('error', reject);
  }
}

/** The message as it goes over the wire. `bcc` is in the envelope alone. */
async function compose(mail: OutboundMail, from: string): Promise<Buffer> {
  const composer = new MailComposer({
    from,
    to: [...mail.to],
    cc: [...mail.cc],
    replyTo: [...mail.replyTo],
    subject: mail.subject,
    messageId: mail.messageId,
    text: mail.text,
    html: mail.html,
    attachments: mail.attachments.map(({ filename, content, contentType }) => ({
      filename,
      content,
      contentType,
    })),
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

/** A step of the conversation as a promise. */
function asked<Answer>(ask: (done: (error: Error | null | undefined, answer?: Answer) => void) => void) {
  return new Promise<Answer | undefined>((resolve, reject) => {
    ask((error, answer) => (error === null || error === undefined ? resolve(answer) : reject(error)));
  });
}

/**
 * Delivers a message.
 * @throws AppError `mail_failed`, `target_blocked`, or the error the signal gives; `details.sent`: it may have arrived
 */
export async function deliver(
  settings: SmtpSettings,
  mail: OutboundMail,
  guard: DialGuard,
  signal: AbortSignal,
): Promise<MailReceipt> {
  const recipients = [...new Set([...mail.to, ...mail.cc, ...mail.bcc].map(bareAddress))];
  if (recipients.length === 0) throw badMail('The message has no recipient.');
  const message = await compose(mail, settings.from);
  let stage: Stage = 'connecting';
  let connection: SMTPConnection | undefined;
  const broken = Promise.withResolvers<never>();
  const onAbort = (): void => broken.reject(signal.reason);
  // Nobody may be listening any more when it breaks.
  broken.promise.catch(() => undefined);
  try {
    signal.throwIfAborted();
    signal.addEventListener('abort', onAbort, { once: true });
    const socket = await Promise.race([dial(settings, guard, signal), broken.promise]);
    const { host, security, user, password, allowSelfSigned } = settings;
    const opened = new SMTPConnection({
      host,
      connection: socket,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      tls: { rejectUnauthorized: !allowSelfSigned, ...(isIP(host) === 0 ? { servername: host } : {}) },
      greetingTimeout: silenceMs,
      socketTimeout: silenceMs,
      maxResponseSize: 65_536,
    });
    connection = opened;
    opened.on('error', (error: unknown) => broken.reject(error));
    opened.on('end', () => broken.reject(new Error('closed')));
    await Promise.race([asked((done) => opened.connect(done)), broken.promise]);
    stage = 'logging in';
    if (user !== '') {
      await Promise.race([asked((done) => opened.login({ user, pass: password }, done)), broken.promise]);
    }
    stage = 'sending';
    const envelope = { from: bareAddress(settings.from), to: recipients, size: message.length };
    const info = await Promise.race([
      asked<{ accepted: string[]; rejected: string[]; response: string }>((done) =>
        opened.send(envelope, message, done),
      ),
      broken.promise,
    ]);
    opened.quit();
    return {
      accepted: info?.accepted ?? [],
      rejected: info?.rejected ?? [],
      response: (info?.response ?? '').slice(0, 1_000),
    };
  } catch (thrown) {
    connection?.close();
    throw failureOf(signal.aborted ? signal.reason : thrown, stage, stage === 'sending');
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
