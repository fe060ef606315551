/** Captured requests as commands, really run by bash against a bare socket (RELIABILITY M4). */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { curlCommand, type CurlInput } from '../../../src/main/api/curl.ts';
import { requestSnippetSchema } from '../../../src/shared/contract/inspector.ts';
import { API_TOKEN } from '../../support/host.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { simpleDocument, useApiHost } from './api-host.ts';
import { endpointOf, inspectorOf, send } from './captured.ts';

const run = promisify(execFile);

interface Heard {
  readonly line: string;
  readonly headers: string[];
  readonly body: Buffer;
}

/** A server that knows no HTTP but where a request ends: what it hears is what was on the wire. */
async function hear(act: (origin: string) => Promise<unknown>): Promise<Heard> {
  const heard: Heard[] = [];
  const take = (socket: Socket): void => {
    let bytes = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const end = bytes.indexOf('\r\n\r\n');
      if (end < 0) return;
      const [line = '', ...headers] = bytes.subarray(0, end).toString('latin1').split('\r\n');
      const length = Number(/content-length: *(\d+)/i.exec(headers.join('\n'))?.[1] ?? 0);
      const body = bytes.subarray(end + 4);
      if (body.length < length) return;
      heard.push({ line, headers, body });
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok');
    });
    socket.on('error', () => socket.destroy());
  };
  const server = createServer(take);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  try {
    const { port } = z
      .object({ port: z.number() })
      .parse(server.address() satisfies AddressInfo | string | null);
    await act(`http://127.0.0.1:${port}`);
  } finally {
    server.close();
  }
  const [only] = heard;
  if (only === undefined || heard.length > 1) throw new Error(`${heard.length} requests were heard.`);
  return only;
}

/** Runs a text as a person would who pastes it, in a folder where every file it makes is seen. */
async function paste(text: string, cwd: string, program = 'bash'): Promise<void> {
  const shell = run(program, program === 'bash' ? ['-s'] : ['--input-type=module', '-'], { cwd });
  shell.child.stdin?.end(text);
  await shell;
}

/** Headers a curl or a fetch says of itself. */
function told(headers: readonly string[]): readonly string[] {
  return headers.filter((header) => !/^(?:host|content-length|connection):/i.test(header));
}

async function viaCurl(input: Omit<CurlInput, 'url'> & { readonly path: string }) {
  using folder = makeTempDir();
  if (input.bodyFile !== undefined) writeFileSync(join(folder.path, input.bodyFile), input.body);
  const heard = await hear((origin) =>
    paste(curlCommand({ ...input, url: origin + input.path }), folder.path),
  );
  expect(readdirSync(folder.path)).toEqual(input.bodyFile === undefined ? [] : [input.bodyFile]);
  return heard;
}

const bodies: readonly (readonly [string, Buffer])[] = [
  ['quotes and substitutions', Buffer.from(`it's "$(touch made)" \`touch made\` \${HOME} $'x' !! \\ \\n`)],
  ['newlines at the end', Buffer.from('{"a":1}\n\n\n')],
  ['a leading @', Buffer.from('@/etc/passwd')],
  ['a leading -', Buffer.from('--output made')],
  ['a lone @-', Buffer.from('@-')],
  ['NUL', Buffer.from([0, 65, 0, 0])],
  ['every byte', Buffer.from(Array.from({ length: 256 }, (_, at) => at))],
  ['a byte order mark and text', Buffer.from('\ufeff\u00fcn\u00efcode \u{1f41d}')],
  ['control characters', Buffer.from('a\rb\tc\u001b[31md\u007f')],
  ['a here-document', Buffer.from("EOF\n'\nEOF\n; touch made; '")],
  ['200 KB', Buffer.alloc(200_000, "'x")],
];

describe('the curl line', () => {
  it.each(bodies)('brings %s byte for byte, and nothing in it is run', async (_name, body) => {
    const headers = [
      ['Content-Type', 'text/plain'],
      ['X-Quote', `'; touch made; echo "$(touch made)" \`touch made\``],
      ['X-Latin', '\u00e9\\\u00ff'],
      ['X-Empty', ''],
    ] as const;
    const path = "/hooks/x?a=[1-3]{b,c}&q='$(touch$IFS`made`)'&d=/../e&f=%00%ff&g=a+b;c|d&*";
    const heard = await viaCurl({ method: 'POST', path, headers, body });
    expect(heard.line).toBe(`POST ${path} HTTP/1.1`);
    expect(heard.body.equals(body)).toBe(true);
    expect(told(heard.headers).map((header) => header.replace(/: ?/, ': '))).toEqual(
      headers.map(([name, value]) => `${name}: ${value}`),
    );
  });

  it('keeps methods, no body, and large bodies beside it in a file', async () => {
    const nothing = Buffer.alloc(0);
    const plain = { path: '/x', headers: [], body: nothing };
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD']) {
      const heard = await viaCurl({ ...plain, method });
      expect(heard).toEqual({ line: `${method} /x HTTP/1.1`, headers: expect.anything(), body: nothing });
      expect(told(heard.headers)).toEqual([]);
    }
    for (const method of ['GET', 'DELETE', 'HEAD']) {
      const heard = await viaCurl({ ...plain, method, body: Buffer.from('b') });
      expect([heard.line, heard.body.toString()]).toEqual([`${method} /x HTTP/1.1`, 'b']);
    }
    const large = Buffer.alloc(3_000_000, 'y\u0000');
    const heard = await viaCurl({ ...plain, method: 'POST', body: large, bodyFile: 'req_1.bin' });
    expect(heard.body.equals(large)).toBe(true);
  });

  it('of anything a caller may send means exactly that', async () => {
    const token = fc
      .stringMatching(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,12}$/)
      .filter(
        (name) =>
          !/^(?:host|te|expect|upgrade|trailer|connection|content-length|transfer-encoding|keep-alive)$/i.test(
            name,
          ),
      );
    const value = fc.stringMatching(/^[!-~\u0080-\u00ff](?:[ -~\u0080-\u00ff]{0,30}[!-~\u0080-\u00ff])?$/);
    const path = fc.stringMatching(/^\/[!"$-~]{0,40}$/);
    const property = fc.asyncProperty(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.boolean(),
      fc.array(fc.tuple(token, value), { maxLength: 5 }),
      path,
      async (bytes, text, isText, headers, target) => {
        const body = Buffer.from(isText ? text : bytes);
        const heard = await viaCurl({ method: 'POST', path: target, headers, body });
        expect(heard.line).toBe(`POST ${target} HTTP/1.1`);
        expect(heard.body.equals(body)).toBe(true);
        expect(told(heard.headers)).toEqual(headers.map(([name, content]) => `${name}: ${content}`));
      },
    );
    await fc.assert(property, { numRuns: 60 });
  }, 60_000);
});

describe('requests.snippets', () => {
  const api = useApiHost();
  const { newest, token } = inspectorOf(api);
  const list = z.object({ items: z.array(requestSnippetSchema) });

  async function snippets(id: string, bearer = API_TOKEN) {
    const { body } = await api.v1('GET', `/requests/${id}/snippets`, undefined, bearer);
    const { items } = list.parse(body);
    return new Map(items.map((item) => [item.id, item.text]));
  }

  it('are curl, fetch and HTTPie; the first two send the same bytes when they are run', async () => {
    const endpoint = endpointOf(await api.live(simpleDocument('Snippets', { auth: { scheme: 'none' } })));
    using folder = makeTempDir();
    for (const [, body] of bodies) {
      await send({
        url: `${endpoint.url}?a=%27&b=1`,
        body,
        headers: { 'content-type': 'text/plain', 'x-a': `'"\`$(x)` },
      });
      const texts = await snippets((await newest(endpoint.id)).id);
      expect([...texts.keys()]).toEqual(['curl', 'fetch', 'httpie']);
      for (const [id, program] of [
        ['curl', 'bash'],
        ['fetch', process.execPath],
      ] as const) {
        const heard = await hear((origin) =>
          paste((texts.get(id) ?? '').replaceAll(api.host().receiver, origin), folder.path, program),
        );
        expect(heard.line).toBe('POST /hooks/snippets?a=%27&b=1 HTTP/1.1');
        expect(heard.body.equals(body)).toBe(true);
        expect(told(heard.headers).map((header) => header.toLowerCase())).toContain(`x-a: '"\`$(x)`);
      }
      expect(texts.get('httpie')).toContain("'http://127.0.0.1".slice(1));
    }
    expect(existsSync(join(folder.path, 'made'))).toBe(false);
  }, 60_000);

  it('tell what is missing: large bodies, cut ones, keys that are masked', async () => {
    const key = 'the key of the snippets, long';
    const endpoint = endpointOf(
      await api.live(simpleDocument('Told', { auth: { scheme: 'apiKey', key }, maxBodyBytes: 4_000_000 })),
    );
    await send({
      url: endpoint.url,
      body: JSON.stringify('y'.repeat(1_100_000)),
      headers: { 'x-api-key': key },
    });
    const large = await newest(endpoint.id);
    const full = await snippets(large.id);
    expect(full.get('curl')).toMatch(
      new RegExp(
        `^# Save the body first: GET .+/v1/requests/${large.id}/body into the file ${large.id}\\.bin\\n`,
      ),
    );
    expect(full.get('curl')).toContain(`--data-binary @${large.id}.bin`);
    expect(full.get('fetch')).toContain('readFile');
    expect(full.get('httpie')).toContain(`< ${large.id}.bin`);
    expect(full.get('curl')).toContain(key);
    const masked = await snippets(large.id, await token('read'));
    for (const text of masked.values()) {
      expect(text).not.toContain(key);
      expect(text).toContain('Keys are masked');
    }
    await send({ url: endpoint.url, body: JSON.stringify('z'.repeat(70_000)) });
    const cut = await snippets((await newest(endpoint.id)).id);
    for (const text of cut.values()) expect(text).toContain('Only the first 65536 of 70002 bytes');
  });
});
