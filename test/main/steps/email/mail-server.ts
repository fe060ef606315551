/** A real SMTP server of one's own, which keeps what it was given and refuses what it is told to. */
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { onTestFinished } from 'vitest';

export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came over the wire. */
  readonly source: string;
  readonly isEncrypted: boolean;
}

export interface TestMailServer {
  readonly port: number;
  readonly taken: TakenMail[];
  /** Log-ins tried, as `user:password`. */
  readonly logins: string[];
}

export interface MailRules {
  readonly options?: SMTPServerOptions;
  /** A refusal of a recipient: status and words; undefined: taken. */
  readonly refuse?: (address: string) => readonly [number, string] | undefined;
  /** Called with the whole message before it is confirmed; `cut` drops the connection. */
  readonly onMessage?: () => 'take' | 'cut' | readonly [number, string];
}

function refusal([status, words]: readonly [number, string]): Error {
  return Object.assign(new Error(words), { responseCode: status });
}

/** Listens on a free port of 127.0.0.1; knows `ada` with the password `right`. */
export async function openMailServer({
  options,
  refuse,
  onMessage,
}: MailRules = {}): Promise<TestMailServer> {
  const taken: TakenMail[] = [];
  const logins: string[] = [];
  const server = new SMTPServer({
    logger: false,
    authOptional: true,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    onAuth(auth, _session, done) {
      logins.push(`${auth.username}:${auth.password}`);
      if (auth.username === 'ada' && auth.password === 'right') done(null, { user: 'ada' });
      else done(refusal([535, 'Invalid credentials']));
    },
    onRcptTo({ address }, _session, done) {
      const words = refuse?.(address);
      done(words === undefined ? null : refusal(words));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const verdict = onMessage?.() ?? 'take';
        if (verdict === 'cut') {
          for (const connection of server.connections) connection.close();
          return;
        }
        if (verdict !== 'take') return done(refusal(verdict));
        const { mailFrom, rcptTo } = session.envelope;
        taken.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          source: Buffer.concat(chunks).toString(),
          isEncrypted: session.secure,
        });
        done(null, 'queued as 42');
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, taken, logins };
}
