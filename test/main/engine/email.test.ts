/** The e-mail step against a real SMTP server: what arrives, what is tried again, what never leaves. */
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { namedSecretPlace } from '../../../src/main/base/vault.ts';
import { checkDocument } from '../../../src/main/engine/check.ts';
import { smtpPasswordPlace, smtpSettingKey, type StoredSmtp } from '../../../src/main/steps/email/mail.ts';
import type { RunView } from '../../../src/shared/contract/views.ts';
import { type MailRules, openMailServer } from '../steps/email/mail-server.ts';
import { type Bench, makeDocument, openEngine, runOnce } from './open-engine.ts';

const start = { id: 'start', type: 'manual' };
const withMail = (config: Record<string, unknown>) =>
  makeDocument(
    [
      start,
      {
        id: 'mail',
        type: 'email',
        config: { to: 'bob@example.com', subject: 'Hello', text: 'Hi', ...config },
      },
    ],
    ['start>mail'],
  );
const stepOf = (run: RunView) => run.steps.find((step) => step.nodeId === 'mail');

async function setServer(
  { store, vault }: Bench,
  settings: Partial<StoredSmtp> & { readonly password?: string },
) {
  const { password, ...rest } = settings;
  const value: StoredSmtp = {
    host: '127.0.0.1',
    port: 0,
    security: 'none',
    user: '',
    sealedPassword: password === undefined ? null : vault.seal(password, smtpPasswordPlace),
    from: 'Hookyard <yard@example.com>',
    allowSelfSigned: false,
    ...rest,
  };
  await store.write('setSetting', { key: smtpSettingKey, value });
}

async function openBoth(rules: MailRules = {}, settings: Parameters<typeof setServer>[1] = {}) {
  const server = await openMailServer(rules);
  const bench = await openEngine({ chance: () => 0 });
  await setServer(bench, { port: server.port, ...settings });
  return { server, bench };
}

describe('the e-mail step', () => {
  it('sends to, cc, bcc, reply-to, subject, text, HTML and attachments, and gives what the server said', async () => {
    const { server, bench } = await openBoth();
    const run = await runOnce(
      bench,
      withMail({
        to: 'Bob Ö <bob@example.com>, {{trigger.data.more}}',
        cc: '{{trigger.data.list}}',
        bcc: 'hidden@example.com',
        replyTo: 'desk@example.com',
        subject: 'Order {{trigger.data.id}} — grüße',
        text: 'Plain {{trigger.data.id}}',
        html: '<b>{{trigger.data.id}}</b>',
        attachments: [
          { filename: 'order.json', content: '{{trigger.data.order}}' },
          { filename: 'dot.bin', base64: 'AAEC/w==', contentType: 'application/octet-stream' },
        ],
      }),
      { id: 7, more: 'eve@example.com', list: ['c1@example.com', 'C Two <c2@example.com>'], order: { a: 1 } },
    );
    expect(run).toMatchObject({
      status: 'succeeded',
      output: { response: expect.stringContaining('queued as 42') },
    });
    const [mail] = server.taken;
    expect(mail).toMatchObject({
      from: 'yard@example.com',
      to: ['bob@example.com', 'eve@example.com', 'c1@example.com', 'c2@example.com', 'hidden@example.com'],
    });
    const source = mail?.source ?? '';
    const { messageId } = run.output as { messageId: string };
    expect(messageId).toMatch(/^<[\w-]{43}@example\.com>$/);
    expect(source).toContain(`Message-ID: ${messageId}`);
    expect(source).toContain('Reply-To: desk@example.com');
    expect(source).toMatch(/Cc: c1@example\.com,\s+"?C Two"? <c2@example\.com>/);
    expect(source).not.toMatch(/hidden@example/);
    for (const piece of [
      'Plain 7',
      '<b>7</b>',
      'order.json',
      'AAEC/w==',
      Buffer.from('{"a":1}').toString('base64'),
    ]) {
      expect(source).toContain(piece);
    }
    expect(stepOf(run)?.input).toMatchObject({
      to: ['"Bob Ö" <bob@example.com>', 'eve@example.com'],
      subject: 'Order 7 — grüße',
      attachments: [
        { filename: 'order.json', bytes: 7 },
        { filename: 'dot.bin', bytes: 4 },
      ],
    });
  });

  it('logs in, and says so plainly when the password is wrong, without trying again', async () => {
    const { server, bench } = await openBoth({}, { user: 'ada', password: 'right' });
    expect(await runOnce(bench, withMail({}))).toMatchObject({ status: 'succeeded' });
    await setServer(bench, { port: server.port, user: 'ada', password: 'wrong-one' });
    const run = await runOnce(bench, withMail({ retry: { attempts: 3, backoffSeconds: 0 } }));
    expect(run).toMatchObject({
      status: 'failed',
      error: { code: 'mail_failed', message: expect.stringContaining('user name or password') },
    });
    expect(stepOf(run)?.attempt).toBe(1);
    expect(JSON.stringify(run)).not.toContain('wrong-one');
    expect(server.logins).toEqual(['ada:right', 'ada:wrong-one']);
  });

  it('tries again what was refused for now, with the same Message-ID, and not what was refused for good', async () => {
    let asked = 0;
    const { server, bench } = await openBoth({
      refuse(address) {
        if (address.startsWith('nobody')) return [550, 'No such user'];
        asked += 1;
        return asked < 3 ? [451, 'Greylisted, come back later'] : undefined;
      },
    });
    const retry = { attempts: 5, backoffSeconds: 0.01 };
    const grey = await runOnce(bench, withMail({ retry, atMostOnce: true }));
    expect(grey).toMatchObject({ status: 'succeeded', output: { accepted: ['bob@example.com'] } });
    expect(stepOf(grey)).toMatchObject({ attempt: 3, failures: [{ error: { code: 'mail_failed' } }, {}] });
    const gone = await runOnce(bench, withMail({ retry, to: 'nobody@example.com' }));
    expect(gone).toMatchObject({
      error: {
        code: 'mail_failed',
        message: expect.stringContaining('No such user'),
        details: { status: 550 },
      },
    });
    expect(stepOf(gone)?.attempt).toBe(1);
    expect(server.taken).toHaveLength(1);
  });

  it('fails when a recipient was refused among others, and keeps who has the message', async () => {
    const { bench } = await openBoth({
      refuse: (to) => (to.startsWith('no') ? [550, 'Unknown'] : undefined),
    });
    const run = await runOnce(
      bench,
      withMail({ to: 'bob@example.com, no@example.com', retry: { attempts: 3, backoffSeconds: 0 } }),
    );
    expect(run).toMatchObject({ status: 'failed', error: { code: 'mail_failed' } });
    expect(stepOf(run)).toMatchObject({
      attempt: 1,
      output: { accepted: ['bob@example.com'], rejected: ['no@example.com'] },
    });
  });

  it('refuses line breaks in headers, and what is no address; attachments open no file and no URL', async () => {
    const { server, bench } = await openBoth();
    const configs: Record<string, unknown>[] = [
      { subject: 'a{{trigger.data.evil}}' },
      { to: 'bob@example.com{{trigger.data.evil}}' },
      { replyTo: '{{trigger.data.evil}}' },
      { cc: ['x'] },
      { to: '{{trigger.data.none}}' },
      { to: 'not an address' },
      { to: '"a\\"@b"@example.com' },
      { to: '<bob@example.com> RCPT TO:<eve@example.com>' },
      { attachments: [{ filename: 'a{{trigger.data.evil}}', content: 'x' }] },
      { attachments: [{ filename: 'a', path: '/etc/passwd' }] },
      { attachments: [{ filename: 'a', href: 'http://127.0.0.1/' }] },
      { attachments: [{ filename: 'a', base64: '***' }] },
    ];
    for (const config of configs) {
      const run = await runOnce(bench, withMail(config), { evil: '\r\nBcc: eve@example.com' });
      expect(run, JSON.stringify(config)).toMatchObject({ status: 'failed' });
      expect(run.error?.code, JSON.stringify(config)).toMatch(/^mail_failed$/);
    }
    expect(server.taken).toEqual([]);
    expect(checkDocument(withMail({ text: '' }))).toMatchObject([{ path: 'nodes[1].config.text' }]);
  });

  it('takes a self-signed certificate only when that is allowed, and goes on unencrypted never', async () => {
    const { server, bench } = await openBoth({}, { security: 'starttls' });
    const selfSigned = await runOnce(bench, withMail({}));
    expect(selfSigned).toMatchObject({
      status: 'failed',
      error: { code: 'mail_failed', message: expect.stringMatching(/certificate|encrypted/) },
    });
    await setServer(bench, { port: server.port, security: 'starttls', allowSelfSigned: true });
    expect(await runOnce(bench, withMail({}))).toMatchObject({ status: 'succeeded' });
    expect(server.taken).toMatchObject([{ isEncrypted: true }]);
    const tls = await openMailServer({ options: { secure: true } });
    await setServer(bench, { port: tls.port, security: 'tls' });
    expect(await runOnce(bench, withMail({}))).toMatchObject({ status: 'failed' });
    await setServer(bench, { port: tls.port, security: 'tls', allowSelfSigned: true });
    expect(await runOnce(bench, withMail({}))).toMatchObject({ status: 'succeeded' });
    const bare = await openMailServer({ options: { disabledCommands: ['STARTTLS'] } });
    await setServer(bench, { port: bare.port, security: 'starttls', allowSelfSigned: true });
    expect(await runOnce(bench, withMail({}))).toMatchObject({ status: 'failed' });
    expect(bare.taken).toEqual([]);
  });

  it('leaves a message in doubt when the connection broke while it was under way', async () => {
    let cuts = 0;
    const { server, bench } = await openBoth({
      onMessage() {
        cuts += 1;
        return cuts === 2 || cuts === 1 ? 'cut' : 'take';
      },
    });
    const retry = { attempts: 3, backoffSeconds: 0.01 };
    const once = await runOnce(bench, withMail({ retry, atMostOnce: true }));
    expect(once).toMatchObject({
      inDoubt: true,
      status: 'failed',
      error: { code: 'mail_failed', details: { inDoubt: true } },
    });
    expect([cuts, stepOf(once)?.attempt]).toEqual([1, 1]);
    const again = await runOnce(bench, withMail({ retry }));
    expect(again).toMatchObject({ status: 'succeeded' });
    expect([cuts, server.taken.length]).toEqual([3, 1]);
  });

  it('ends at its time-out, and tells a server that is away, unknown or forbidden', async () => {
    const silent = createServer((socket) => void socket.resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => new Promise<void>((resolve) => silent.close(() => resolve())));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { bench } = await openBoth();
    await setServer(bench, { port });
    const late = await runOnce(bench, withMail({ timeoutSeconds: 0.3 }));
    expect(late).toMatchObject({ status: 'failed', error: { code: 'step_timeout' } });
    await setServer(bench, { port: 1 });
    expect(await runOnce(bench, withMail({}))).toMatchObject({
      error: { code: 'mail_failed', message: expect.stringContaining('refused the connection') },
    });
    await setServer(bench, { host: '169.254.169.254', port: 25 });
    expect(await runOnce(bench, withMail({}))).toMatchObject({ error: { code: 'target_blocked' } });
    await bench.store.write('setSetting', { key: smtpSettingKey, value: null });
    expect(await runOnce(bench, withMail({}))).toMatchObject({
      error: { code: 'mail_failed', message: expect.stringContaining('No mail server is set up') },
    });
  });

  it('puts secrets in for the hosts they are allowed for, and keeps none', async () => {
    const { server, bench } = await openBoth();
    const secret = async (name: string, value: string, hosts: readonly string[]) =>
      bench.store.write('setSecret', {
        name,
        sealed: bench.vault.seal(value, namedSecretPlace(name)),
        hint: '…',
        hosts,
        at: Date.now(),
      });
    await secret('CODE', 'door-code-991', [`127.0.0.1:${server.port}`]);
    await secret('OTHER', 'other-991', ['api.example.com']);
    const run = await runOnce(bench, withMail({ text: 'Code {{secrets.CODE}} {{trigger.data.x}}' }), {
      x: '{{secrets.CODE}}',
    });
    expect(run.status).toBe('succeeded');
    expect(server.taken[0]?.source).toContain('Code door-code-991 {{secrets.CODE}}');
    expect(JSON.stringify([run, bench.store.read.runs.steps(run.id)])).not.toContain('door-code-991');
    const refused = await runOnce(bench, withMail({ text: '{{secrets.OTHER}}' }));
    expect(refused).toMatchObject({ error: { message: expect.stringContaining('may not be sent to') } });
    expect(server.taken).toHaveLength(1);
  });
});
