import { describe, expect, it } from 'vitest';
import { parseOptions } from '../../../src/main/base/options.ts';
import { AppError } from '../../../src/shared/errors.ts';

const parse = (
  args: readonly string[],
  env: Record<string, string> = {},
  unknown: 'refuse' | 'ignore' = 'refuse',
) => parseOptions({ args, env, unknown });

/** The sentence with which options are refused. */
function refusalOf(args: readonly string[], env: Record<string, string> = {}): string {
  try {
    parse(args, env);
    return '';
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'bad_option' });
    return error instanceof Error ? error.message : '';
  }
}

describe('options', () => {
  it('leave to settings and defaults what is not said', () => {
    expect(parse([], { XDG_DATA_HOME: '/d' })).toEqual({
      dataDir: process.platform === 'win32' ? expect.any(String) : '/d/hookyard',
      host: undefined,
      port: undefined,
      adminPort: 4666,
      hasAdmin: true,
      publicUrl: undefined,
      log: 'text',
      apiToken: undefined,
    });
  });

  it('are read from the line and from the environment, the line winning', () => {
    const env = {
      HOOKYARD_DATA_DIR: '/env',
      HOOKYARD_HOST: '::1',
      HOOKYARD_PORT: '1',
      HOOKYARD_ADMIN_PORT: '2',
      HOOKYARD_NO_ADMIN: 'true',
      HOOKYARD_PUBLIC_URL: 'https://hooks.example.com/',
      HOOKYARD_LOG: 'json',
      HOOKYARD_API_TOKEN: 'a token',
    };
    expect(parse([], env)).toMatchObject({
      host: '::1',
      port: 1,
      adminPort: 2,
      hasAdmin: false,
      publicUrl: 'https://hooks.example.com',
      log: 'json',
      apiToken: 'a token',
    });
    expect(parse(['--port=0', '--host', '0.0.0.0', '--log', 'text'], env)).toMatchObject({
      port: 0,
      host: '0.0.0.0',
      log: 'text',
    });
    expect(parse([], { HOOKYARD_NO_ADMIN: '0', HOOKYARD_PORT: '' })).toMatchObject({
      hasAdmin: true,
      port: undefined,
    });
  });

  it.each([
    [['--nonsense'], '--nonsense'],
    [['positional'], 'positional'],
    [['--port'], '--port'],
    [['--port', '--host'], '--port'],
    [['--port', 'eighty'], '--port'],
    [['--port', '65536'], '--port'],
    [['--port', '0x50'], '--port'],
    [['--admin-port', '-1'], '--admin-port'],
    [['--no-admin=yes'], '--no-admin'],
    [['--host', 'not a host'], '--host'],
    [['--host', ''], '--host'],
    [['--log', 'xml'], '--log'],
    [['--public-url', 'ftp://example.com'], '--public-url'],
    [['--public-url', 'https://user:pw@example.com'], '--public-url'],
    [['--public-url', 'https://example.com/?key=1'], '--public-url'],
    [['--public-url', `ftp://${'x'.repeat(300)}`], '--public-url'],
  ])('refuse %j in one line that names the option', (args, word) => {
    const sentence = refusalOf(args);
    expect(sentence).toContain(word);
    expect(sentence).not.toContain('\n');
    expect(sentence.length).toBeLessThan(250);
  });

  it('are refused from the environment alike', () => {
    expect(refusalOf([], { HOOKYARD_PORT: '99999' })).toContain('--port');
  });

  it('leave switches of another program alone where the line is shared', () => {
    const args = ['--no-sandbox', '--ozone-platform=wayland', '--port', '0', 'file.txt', '-psn_0_1'];
    expect(parse(args, {}, 'ignore')).toMatchObject({ port: 0 });
    expect(() => parse(['--port', 'x'], {}, 'ignore')).toThrow('--port');
  });
});
