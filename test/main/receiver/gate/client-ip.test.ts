import { describe, expect, it } from 'vitest';
import { directNote, findCaller } from '../../../../src/main/receiver/gate/client-ip.ts';

const forwarded = (...values: string[]) => values.map((value) => ['X-Forwarded-For', value] as const);
const callerOf = (headers: readonly (readonly [string, string])[], hops: number, remoteIp = '127.0.0.1') =>
  findCaller(headers, remoteIp, hops, undefined).address?.text;

describe('the caller', () => {
  it('is the other end of the socket while no hop is trusted, whatever headers say', () => {
    for (const name of ['X-Forwarded-For', 'Forwarded', 'X-Real-IP', 'CF-Connecting-IP']) {
      expect(callerOf([[name, '10.0.0.1']], 0, '198.35.26.96')).toBe('198.35.26.96');
    }
  });

  it('is never local when the request came through a tunnel or proxy on this machine or beside it', () => {
    expect(callerOf([], 0)).toBe('127.0.0.1');
    for (const remoteIp of [
      '127.0.0.1',
      '::1',
      '172.18.0.3',
      '192.168.1.5',
      'fe80::1',
      'fd00::7',
      '100.64.0.9',
    ]) {
      expect(callerOf([['Host', '127.0.0.1:4665']], 0, remoteIp), remoteIp).toBe(remoteIp);
      for (const name of ['x-forwarded-for', 'forwarded', 'cf-ray', 'X-Real-IP', 'Via', 'ngrok-trace-id']) {
        expect(callerOf([[name, '127.0.0.1']], 0, remoteIp), `${name} from ${remoteIp}`).toBeUndefined();
      }
    }
  });

  it('is never local when the request was sent to a public name, or to one that is not of this machine', () => {
    for (const host of ['hooks.example.test', 'Hooks.Example.test:443']) {
      expect(findCaller([['Host', host]], '192.168.1.5', 0, 'hooks.example.test').address).toBeUndefined();
    }
    expect(callerOf([['Host', 'abc.tunnel.example']], 0)).toBeUndefined();
    expect(callerOf([['Host', 'nas.local:4665']], 0, '192.168.1.5')).toBe('192.168.1.5');
    for (const host of ['localhost:4665', '127.0.0.1', '[::1]:4665', 'LOCALHOST']) {
      expect(callerOf([['Host', host]], 0), host).toBe('127.0.0.1');
    }
  });

  it('that is another machine is told apart by its own address, whatever it says of others', () => {
    const textOf = (remoteIp: string) => findCaller(forwarded('9.9.9.9'), remoteIp, 0, undefined).text;
    expect([textOf('127.0.0.1'), textOf('192.168.1.5'), textOf('198.35.26.96')]).toEqual([
      '9.9.9.9',
      '192.168.1.5',
      '198.35.26.96',
    ]);
  });

  it('is counted from the right', () => {
    expect(callerOf(forwarded('10.0.0.1, 198.51.100.9'), 1)).toBe('198.51.100.9');
    expect(callerOf(forwarded('198.51.100.9, 10.0.0.1'), 1)).toBe('10.0.0.1');
    expect(callerOf(forwarded('198.51.100.9, 10.0.0.1', '10.0.0.2'), 2)).toBe('10.0.0.1');
    expect(callerOf(forwarded('198.51.100.9:5678'), 1)).toBe('198.51.100.9');
    expect(callerOf(forwarded('[2001:db8::1]:443'), 1)).toBe('2001:db8::1');
    expect(callerOf(forwarded('::ffff:198.51.100.9'), 1)).toBe('198.51.100.9');
  });

  it('is not known when the entry is absent, no address, or this machine itself', () => {
    expect(callerOf([], 1)).toBeUndefined();
    expect(callerOf(forwarded('198.51.100.9'), 2)).toBeUndefined();
    const bad = [
      '',
      'unknown',
      '_hidden',
      '010.0.0.1',
      '0x7f.1',
      '10.0.0.1, ',
      '127.0.0.1',
      '::1',
      '::ffff:127.0.0.1',
    ];
    for (const entry of bad) expect(callerOf(forwarded(entry), 1), entry).toBeUndefined();
  });

  it('is explained in a sentence: which header and hop, or why not', () => {
    const noteOf = (headers: readonly (readonly [string, string])[], hops: number, remoteIp = '127.0.0.1') =>
      findCaller(headers, remoteIp, hops, 'hooks.example.test').note;
    expect(noteOf([], 0)).toBe(directNote);
    expect(noteOf(forwarded('9.9.9.9, 10.0.0.1'), 1, '10.0.0.2')).toBe(
      'Told by entry 1 from the right of X-Forwarded-For (1 trusted hop). The connection came from 10.0.0.2.',
    );
    expect(noteOf([['Forwarded', 'for=9.9.9.9']], 2)).toBe(
      'Not known: entry 2 from the right of X-Forwarded-For (2 trusted hops) is not there; no other header is read. The connection came from 127.0.0.1.',
    );
    expect(noteOf(forwarded('unknown'), 1)).toContain('is no address');
    expect(noteOf(forwarded('9.9.9.9'), 0)).toBe(
      'Not known: it was passed on by a proxy or tunnel at 127.0.0.1 (the header X-Forwarded-For), and no hop is trusted. 9.9.9.9 is what X-Forwarded-For says.',
    );
    expect(noteOf([['Host', 'hooks.example.test']], 0)).toContain('(the public host name)');
    expect(noteOf(forwarded('10.0.0.1'), 0, '198.35.26.96')).toBe(
      'The other end of the connection. No hop is trusted, so the header X-Forwarded-For tells nothing.',
    );
  });

  it('is found quickly among a thousand entries', () => {
    const startedAt = performance.now();
    expect(callerOf(forwarded(`${'10.0.0.1, '.repeat(1_000)}198.51.100.9`), 1)).toBe('198.51.100.9');
    expect(performance.now() - startedAt).toBeLessThan(50);
  });
});
