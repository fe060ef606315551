/** Where a call may go: judged at the socket, by numbers, and opened by people alone (RELIABILITY N1, N2, N5). */
import { createServer, type Server } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createOutbound, type OutboundOptions } from '../../../../src/main/steps/http/outbound.ts';
import { classifyAddress } from '../../../../src/main/steps/network/address-class.ts';
import { isPrivateHost, placeOf, writtenHost } from '../../../../src/main/steps/network/private-hosts.ts';
import { AppError } from '../../../../src/shared/errors.ts';
import { openHttpTarget } from '../../../support/http-target.ts';
import { forbiddenUrls } from './spellings.ts';

interface Ask {
  readonly url: string;
  /** The step's own URL; absent: it came out of an expression. */
  readonly template?: string;
  readonly privateHosts?: readonly string[];
}

function openOutbound(options: OutboundOptions = {}) {
  const outbound = createOutbound({ connectMs: 500, ...options });
  onTestFinished(() => outbound.close());
  return {
    async send({ url, template, privateHosts = [] }: Ask): Promise<number | string> {
      const parsed = URL.parse(url);
      if (parsed === null) return 'no URL';
      const request = {
        method: 'GET',
        url: parsed,
        headers: [],
        body: undefined,
        writtenHost: writtenHost(template),
      };
      const signal = AbortSignal.timeout(5_000);
      try {
        return (await outbound.send(request, { signal, privateHosts })).status;
      } catch (thrown) {
        return thrown instanceof AppError ? thrown.code : String(thrown);
      }
    },
  };
}

/** A listener on every address of both families, which counts who comes. */
let listener: Server;
let connections = 0;
let port = 0;
beforeAll(async () => {
  listener = createServer((socket) => {
    connections += 1;
    socket.resume();
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  });
  await new Promise<void>((resolve) => listener.listen({ port: 0, host: '::' }, resolve));
  const address = listener.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});
afterAll(() => new Promise((resolve) => listener.close(resolve)));

describe('N1 spellings', () => {
  it('N1 more than 300 spellings out of an expression lead nowhere: no connection is made', async () => {
    const urls = forbiddenUrls(port);
    expect(urls.length).toBeGreaterThanOrEqual(300);
    const outbound = openOutbound();
    const before = connections;
    const answers = await Promise.all(urls.map((url) => outbound.send({ url })));
    // A few are no URL, and full-width letters may stay a name nobody knows; all others are named as blocked.
    const others = urls.filter((_, index) => answers[index] !== 'target_blocked');
    expect(answers.filter((answer) => typeof answer === 'number')).toEqual([]);
    expect(others.length).toBeLessThan(10);
    expect(connections - before).toBe(0);
  });

  it('N1 written into the step itself, an odd spelling is no consent', async () => {
    const canonical = new Set([
      `http://127.0.0.1:${port}/`,
      `http://127.8.9.10:${port}/`,
      `http://[::1]:${port}/`,
    ]);
    const urls = forbiddenUrls(port).filter(
      (url) =>
        !canonical.has(url.toLowerCase()) && !/^http:\/\/(x\.)?localhost:/i.test(url) && !/[?#]@/.test(url),
    );
    const outbound = openOutbound();
    const before = connections;
    const opened: string[] = [];
    for (const url of urls) {
      // Addresses of networks that are not here are not dialled: that would only take time.
      if (/\/\/(10|172|192|169|100|198)\./.test(url) || /\[f/.test(url)) continue;
      if (typeof (await outbound.send({ url, template: url })) === 'number') opened.push(url);
    }
    expect(opened).toEqual([]);
    expect(connections - before).toBe(0);
  });

  it('N1 the plain address or localhost written into the step is consent, for that host and port alone', async () => {
    const outbound = openOutbound();
    const url = `http://127.0.0.1:${port}/`;
    expect(await outbound.send({ url, template: url })).toBe(200);
    expect(await outbound.send({ url: `${url}a/7`, template: `${url}a/{{trigger.data.id}}` })).toBe(200);
    const local = `http://localhost:${port}/`;
    expect(await outbound.send({ url: local, template: local })).toBe(200);
    expect(await outbound.send({ url: `http://[::1]:${port}/`, template: `http://[::1]:${port}/` })).toBe(
      200,
    );
    const before = connections;
    for (const template of [
      'http://127.0.0.1/',
      `http://127.0.0.1:{{trigger.data.port}}/`,
      '{{trigger.data.url}}',
    ]) {
      expect(await outbound.send({ url, template })).toBe('target_blocked');
    }
    expect(await outbound.send({ url })).toBe('target_blocked');
    expect(connections - before).toBe(0);
  });

  it('N1 what is written before the braces decides only when the host ends there', () => {
    expect(writtenHost('http://127.0.0.1:80/{{a}}')).toBe('127.0.0.1:80');
    expect(writtenHost('https://api.example.com')).toBe('api.example.com:443');
    for (const template of [
      'http://127.0.0.1{{a}}/',
      'http://127.0.0.1:80{{a}}',
      'http://a@127.0.0.1/',
      'http://127.1/',
      'http://2130706433/',
      'http:\\\\127.0.0.1/',
      'http:///127.0.0.1/',
      'http://127.0.0.1\\x/',
      'http://{{a}}/',
      '{{a}}',
    ]) {
      expect(writtenHost(template), template).toBeUndefined();
    }
  });

  it('N1 no data behind a written host can move the call elsewhere', () => {
    const odd = fc.constantFrom(
      '@',
      ':',
      '/',
      '\\',
      '?',
      '#',
      '.',
      '%2e',
      '\t',
      '\n',
      ' ',
      '[',
      ']',
      'evil.test',
      '1',
      '\u3002',
      '{{b}}',
    );
    const piece = fc.oneof(odd, fc.string({ maxLength: 4 }));
    const pieces = fc.array(piece, { maxLength: 6 }).map((list) => list.join(''));
    const before = fc.constantFrom(
      'http://127.0.0.1',
      'http://127.0.0.1:80',
      'http://localhost:8080',
      'https://[::1]',
    );
    fc.assert(
      fc.property(before, pieces, pieces, pieces, (host, between, data, after) => {
        const written = writtenHost(`${host}${between}{{trigger.data}}${after}`);
        const url = URL.parse(`${host}${between}${data}${after}`);
        if (written !== undefined && url !== null) expect(placeOf(url)).toBe(written);
      }),
      { numRuns: 3_000 },
    );
  });

  it('N1 own ports are blocked by any address, whatever was opened', async () => {
    const outbound = openOutbound({ ownPorts: () => [port] });
    const before = connections;
    for (const host of ['127.0.0.1', '127.9.9.9', 'localhost', '[::1]', '0.0.0.0']) {
      const url = `http://${host}:${port}/`;
      expect(await outbound.send({ url, template: url, privateHosts: ['localhost', '0.0.0.0/0'] })).toBe(
        'target_blocked',
      );
    }
    expect(connections - before).toBe(0);
  });

  it('N1 of random addresses none in a private or reserved block counts as public', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(octet, octet, octet, octet, (a, b, c, d) => {
        const kind = classifyAddress(`${a}.${b}.${c}.${d}`)?.class;
        const isInside =
          a === 0 ||
          a === 10 ||
          a === 127 ||
          a >= 224 ||
          (a === 100 && b >= 64 && b < 128) ||
          (a === 169 && b === 254) ||
          (a === 172 && b >= 16 && b < 32) ||
          (a === 192 && b === 168);
        if (isInside) expect(kind).not.toBe('public');
        const low = ((c << 8) | d).toString(16);
        const mapped = classifyAddress(`64:ff9b::${((a << 8) | b).toString(16)}:${low}`);
        expect(mapped).toMatchObject({ class: kind, isWrapped: true });
      }),
    );
  });
});

describe('a host of two addresses', () => {
  it('is reached by the one that listens', async () => {
    const target = await openHttpTarget();
    onTestFinished(() => target.close());
    const url = `http://localhost:${target.host.split(':')[1]}/`;
    const outbound = openOutbound({ resolve: () => Promise.resolve(['::1', '127.0.0.1']) });
    expect(await outbound.send({ url, template: url })).toBe(200);
    expect(target.calls).toHaveLength(1);
  });
});

describe('N2 names', () => {
  const name = 'shop.example';

  it('N2 a name that leads to a private address is blocked, also beside a public one and after one', async () => {
    const answers = [['127.0.0.1'], ['93.184.216.34', '::1'], ['::ffff:127.0.0.1'], ['169.254.169.254']];
    const outbound = openOutbound({ resolve: () => Promise.resolve(answers.shift() ?? []) });
    const before = connections;
    for (let ask = 0; ask < 4; ask += 1) {
      const url = `http://${name}:${port}/`;
      // Written by the person, yet what DNS says is data.
      expect(await outbound.send({ url, template: url })).toBe('target_blocked');
    }
    expect(connections - before).toBe(0);
  });

  it('N2 the address that was judged is the one that is dialled, and each connection asks anew', async () => {
    let asked = 0;
    const outbound = openOutbound({
      resolve() {
        asked += 1;
        return Promise.resolve([asked === 1 ? '127.0.0.1' : '169.254.169.254']);
      },
    });
    const url = `http://${name}:${port}/`;
    const before = connections;
    expect(await outbound.send({ url, privateHosts: [name] })).toBe(200);
    expect(asked).toBe(1);
    expect(await outbound.send({ url, privateHosts: [name] })).toBe('target_blocked');
    expect([asked, connections - before]).toEqual([2, 1]);
  });

  it('N2 a name nobody knows, and one that is looked up for too long, fail in plain words', async () => {
    const outbound = openOutbound({ connectMs: 50, resolve: () => new Promise(() => undefined) });
    expect(await outbound.send({ url: `http://${name}/` })).toBe('http_failed');
    expect(await openOutbound().send({ url: 'http://nowhere.invalid/' })).toBe('http_failed');
  });
});

describe('N5 private hosts', () => {
  it('N5 open what they name, for the workflow that has them, and never a metadata address', async () => {
    const target = await openHttpTarget();
    onTestFinished(() => target.close());
    const url = `${target.origin}/`;
    const outbound = openOutbound();
    for (const entry of ['127.0.0.1', target.host, '127.0.0.0/8']) {
      expect(await outbound.send({ url, privateHosts: [entry] }), entry).toBe(200);
      // The connection the other workflow opened is not there for this one.
      expect(await outbound.send({ url })).toBe('target_blocked');
    }
    expect(target.calls).toHaveLength(3);
    for (const entry of ['127.0.0.1:1', '127.0.0.2', '10.0.0.0/8', 'localhost']) {
      expect(await outbound.send({ url, privateHosts: [entry] }), entry).toBe('target_blocked');
    }
    const everything = ['0.0.0.0/0', '::/0', 'metadata.google.internal', '169.254.169.254', 'fd00:ec2::254'];
    for (const host of [
      '169.254.169.254',
      '[fd00:ec2::254]',
      'metadata.google.internal',
      '100.100.100.200',
      '0.0.0.0',
    ]) {
      expect(await outbound.send({ url: `http://${host}/`, privateHosts: everything }), host).toBe(
        'target_blocked',
      );
    }
  });

  it('N5 are spelt plainly', () => {
    for (const entry of [
      'nas.lan',
      'nas.lan:8080',
      '10.0.0.5',
      '10.0.0.5:80',
      '10.0.0.0/8',
      'fd12::/16',
      '[::1]:80',
      '::1',
    ]) {
      expect(isPrivateHost(entry), entry).toBe(true);
    }
    for (const entry of [
      '127.1',
      '0x7f.1',
      '010.0.0.1',
      '10.0.0.0/33',
      '10.0.0.0/x',
      'a b',
      'http://x',
      'x/y',
      '',
      '::ffff:10.0.0.1',
      'a@b',
    ]) {
      expect(isPrivateHost(entry), entry).toBe(false);
    }
  });
});
