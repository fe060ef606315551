/** What leaves the house, set up and refused through `/v1` of a real host: the mail server, and where calls may go. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { smtpSchema } from '../../../src/shared/contract/system.ts';
import { runSchema, workflowSchema } from '../../../src/shared/contract/views.ts';
import { openHttpTarget } from '../../support/http-target.ts';
import { openMailServer } from '../steps/email/mail-server.ts';
import { simpleDocument, useApiHost } from './api-host.ts';

const api = useApiHost();
const mailSchema = z.object({ smtp: smtpSchema.nullable() });

const smtp = (port: number) => ({
  host: '127.0.0.1',
  port,
  security: 'none',
  user: 'ada',
  from: 'Yard <yard@example.com>',
});

/** Runs a workflow of one step by hand. */
async function runStep(
  type: string,
  config: Record<string, unknown>,
  input: unknown,
  more: Record<string, unknown> = {},
) {
  const document = {
    name: `Out ${Math.random()}`,
    nodes: [
      { id: 'start', type: 'manual' },
      { id: 'out', type, config },
    ],
    edges: [{ source: 'start', target: 'out' }],
    ...more,
  };
  const { id } = await api.ok(workflowSchema, 'POST', '/workflows?activate=true', document, 201);
  return api.ok(runSchema, 'POST', `/workflows/${id}/runs`, { input, wait: true });
}

describe('the mail server', () => {
  it('is set once, its password masked ever after and sealed in the folder; a test message tells whether it works', async () => {
    const server = await openMailServer();
    expect(await api.ok(mailSchema, 'GET', '/settings/mail')).toEqual({ smtp: null });
    const none = await api.refused(502, 'mail_failed', 'POST', '/settings/mail/test', {
      to: 'bob@example.com',
    });
    expect(none.msg).toContain('No mail server is set up');
    const wrong = { smtp: { ...smtp(server.port), password: 'wrong-password-77' } };
    const set = await api.ok(mailSchema, 'PUT', '/settings/mail', wrong);
    expect(set.smtp).toMatchObject({ password: '••••', allowSelfSigned: false });
    const refused = await api.refused(502, 'mail_failed', 'POST', '/settings/mail/test', {
      to: 'bob@example.com',
    });
    expect(refused.msg).toContain('user name or password');

    const right = { smtp: { ...smtp(server.port), password: 'right' } };
    await api.ok(mailSchema, 'PUT', '/settings/mail', right);
    // As it was read: the password stays.
    const kept = { smtp: { ...smtp(server.port), password: '••••', from: 'desk@example.com' } };
    await api.ok(mailSchema, 'PUT', '/settings/mail', kept);
    await api.ok(mailSchema, 'PUT', '/settings/mail', { smtp: smtp(server.port) });
    const sent = await api.ok(
      z.object({ accepted: z.array(z.string()), response: z.string() }),
      'POST',
      '/settings/mail/test',
      {
        to: 'bob@example.com',
      },
    );
    expect(sent.accepted).toEqual(['bob@example.com']);
    expect(server.logins.at(-1)).toBe('ada:right');
    expect(server.taken[0]?.source).toContain('Hookyard can send e-mail');

    const folder = join(api.folder(), 'data');
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    for (const file of files) {
      expect(readFileSync(join(file.parentPath, file.name)).includes('wrong-password-77'), file.name).toBe(
        false,
      );
    }
  });

  it('does not send a kept password to another server, or over a weaker connection', async () => {
    const server = await openMailServer();
    await api.ok(mailSchema, 'PUT', '/settings/mail', {
      smtp: { ...smtp(server.port), security: 'starttls', password: 'right' },
    });
    for (const change of [{ host: 'evil.example' }, { port: 2525 }, { security: 'none' }]) {
      const body = { smtp: { ...smtp(server.port), security: 'starttls', password: '••••', ...change } };
      const refusal = await api.refused(422, 'invalid', 'PUT', '/settings/mail', body);
      expect(refusal.issues?.[0]?.path).toBe('smtp.password');
    }
    for (const [change, path] of [
      [{ host: 'a b' }, 'smtp.host'],
      [{ port: 0 }, 'smtp.port'],
      [{ from: 'no address' }, 'smtp.from'],
      [{ from: 'a@b.c\r\nBcc: x@y.z' }, 'smtp.from'],
      [{ extra: 1 }, 'smtp.extra'],
    ] as const) {
      const body = { smtp: { ...smtp(server.port), password: 'right', ...change } };
      expect((await api.refused(422, 'invalid', 'PUT', '/settings/mail', body)).issues?.[0]?.path).toBe(path);
    }
    await api.refused(422, 'invalid', 'POST', '/settings/mail/test', { to: 'x\r\ny@z' });
    expect(await api.ok(mailSchema, 'PUT', '/settings/mail', { smtp: null })).toEqual({ smtp: null });
  });

  it('is used by the e-mail step', async () => {
    const server = await openMailServer();
    await api.ok(mailSchema, 'PUT', '/settings/mail', { smtp: { ...smtp(server.port), password: 'right' } });
    const config = { to: '{{trigger.data.to}}', subject: 'Hi', text: 'Order {{trigger.data.id}}' };
    const run = await runStep('email', config, { to: 'eve@example.com', id: 5 });
    expect(run).toMatchObject({ status: 'succeeded', output: { accepted: ['eve@example.com'] } });
    expect(server.taken[0]).toMatchObject({
      to: ['eve@example.com'],
      source: expect.stringContaining('Order 5'),
    });
  });
});

describe('where calls may go', () => {
  it('N1 own ports are never called, receiver and admin, by whatever address', async () => {
    const admin = new URL(api.host().ready.admin ?? '').port;
    const receiver = new URL(api.host().receiver).port;
    for (const port of [admin, receiver]) {
      for (const host of ['127.0.0.1', 'localhost', '[::1]', '127.0.0.2']) {
        const run = await runStep('http', { url: `http://${host}:${port}/v1/status` }, {});
        expect(run, host).toMatchObject({ status: 'failed', error: { code: 'target_blocked' } });
      }
    }
  });

  it('N4 what can never be called is refused when saved, with its path', async () => {
    const document = (config: Record<string, unknown>) => ({
      ...simpleDocument(`Refused ${Math.random()}`),
      nodes: [
        { id: 'start', type: 'manual' },
        { id: 'out', type: 'http', config },
      ],
      edges: [{ source: 'start', target: 'out' }],
    });
    for (const [config, path] of [
      [{ url: 'file:///etc/passwd' }, 'nodes[1].config.url'],
      [{ url: 'http://u:p@x.example/' }, 'nodes[1].config.url'],
      [{ url: 'https://x.example/', headers: { A: 'b\r\nc' } }, 'nodes[1].config.headers.A'],
      [{ url: 'https://x.example/', redirects: 11 }, 'nodes[1].config.redirects'],
    ] as const) {
      const refusal = await api.refused(422, 'invalid', 'POST', '/workflows', document(config));
      expect(refusal.issues?.[0]?.path).toBe(path);
    }
    const settings = { privateHosts: ['nas.lan', '0x7f.1'] };
    const odd = { ...document({ url: 'https://x.example/' }), settings };
    expect((await api.refused(422, 'invalid', 'POST', '/workflows', odd)).issues?.[0]?.path).toBe(
      'settings.privateHosts[1]',
    );
  });

  it('N5 private hosts are part of the document, and open what they name', async () => {
    const target = await openHttpTarget();
    onTestFinished(() => target.close());
    const config = { url: 'http://{{trigger.data.host}}/' };
    const settings = { privateHosts: [target.host] };
    const open = await runStep('http', config, { host: target.host }, { settings });
    expect(open.status).toBe('succeeded');
    const closed = await runStep('http', config, { host: target.host });
    expect(closed).toMatchObject({ status: 'failed', error: { code: 'target_blocked' } });
    expect(target.calls).toHaveLength(1);
  });
});

/** Resident memory of a process, in bytes. */
function residentOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * 4_096;
}

describe('N6 memory', () => {
  it('N6 bombs and endless answers do not fill the memory of the host', async () => {
    const chunk = Buffer.alloc(65_536, 7);
    const bomb = gzipSync(Buffer.alloc(200 * 1_048_576));
    const target = await openHttpTarget((call, response) => {
      if (call.url === '/bomb') return void response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bomb);
      const more = (): void => {
        while (response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    onTestFinished(() => target.close());
    const { pid } = api.host();
    // Once each beforehand: what a first call loads is no growth.
    for (const path of ['/bomb', '/endless']) await runStep('http', { url: target.origin + path }, {});
    const before = residentOf(pid);
    let peak = before;
    const watch = setInterval(() => {
      peak = Math.max(peak, residentOf(pid));
    }, 2);
    for (const path of ['/bomb', '/endless', '/bomb', '/endless']) {
      const run = await runStep('http', { url: target.origin + path }, {});
      expect(run).toMatchObject({
        error: { code: 'http_failed', message: 'The answer is larger than 10 MB.' },
      });
    }
    clearInterval(watch);
    // A call holds 10 MB at most, and what it let go waits to be collected; unpacked they would be 400 MB and no end.
    expect(peak - before).toBeLessThan(96 * 1_048_576);
  });
});
