/**
 * What a host asked of the system, by strace: what it read from and wrote to sockets, and every change and sync of a file
 * of its data folder, with the bytes, in the order in which they happened.
 */
import { spawnSync } from 'node:child_process';
import { createReadStream, openSync, readSync, closeSync, statSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { until } from '../../support/until.ts';

export type DiskEvent =
  | { readonly kind: 'received'; readonly text: string }
  | { readonly kind: 'sent'; readonly text: string }
  | { readonly kind: 'written'; readonly file: string; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'cut'; readonly file: string; readonly size: number }
  | { readonly kind: 'synced'; readonly file: string }
  | { readonly kind: 'removed'; readonly file: string };

const calls =
  'read,recvfrom,write,writev,sendto,sendmsg,pwrite64,pwritev,ftruncate,fdatasync,fsync,unlink,rename';

/** Why there can be no trace here; undefined: there can. */
export function whyNoTrace(): string | undefined {
  const tried = spawnSync('strace', ['-o', '/dev/null', 'true']);
  if (tried.error !== undefined) return 'strace is not installed';
  return tried.status === 0 ? undefined : 'strace may not trace here';
}

/** What runs a host under strace, without being its parent. */
export function tracedInto(file: string): string[] {
  return ['strace', '-D', '-f', '-y', '-s', '1048576', '-e', `trace=${calls}`, '-o', file];
}

/** Waits until everything a process did is in the file. */
export async function traceEnds(file: string, pid: number): Promise<void> {
  await until(
    'the end of the trace',
    () => {
      const { size } = statSync(file);
      const end = Buffer.alloc(Math.min(size, 4_096));
      const handle = openSync(file, 'r');
      readSync(handle, end, 0, end.length, size - end.length);
      closeSync(handle);
      return new RegExp(`^${pid} +\\+\\+\\+ `, 'm').test(end.toString('latin1'));
    },
    { deadlineMs: 30_000 },
  );
}

/** The events in a trace. `folder`: only files in it count. */
export async function readTrace(file: string, folder: string): Promise<DiskEvent[]> {
  /** Places that stay empty belong to calls that never ended. */
  const events: (DiskEvent | undefined)[] = [];
  /** Calls that have begun, by thread, with their place in the order. */
  const begun = new Map<string, { readonly text: string; readonly place: number }>();
  const add = (text: string, place?: number): void => {
    const event = eventOf(text, folder);
    if (event === undefined) return;
    // What was sent or written may have been seen from its beginning on; what was read or synced is at its end.
    if (place === undefined || event.kind === 'received' || event.kind === 'synced') events.push(event);
    else events[place] = event;
  };
  for await (const line of createInterface({ input: createReadStream(file, 'latin1') })) {
    const [, thread = '', rest = ''] = /^(\d+) +(.*)$/s.exec(line) ?? [];
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/s.exec(rest);
    if (rest.endsWith(' <unfinished ...>')) {
      begun.set(thread, { text: rest.slice(0, -' <unfinished ...>'.length), place: events.length });
      events.push(undefined);
    } else if (resumed !== null) {
      const head = begun.get(thread);
      begun.delete(thread);
      if (head !== undefined) add(head.text + (resumed[1] ?? ''), head.place);
    } else if (rest !== '') add(rest);
  }
  return events.filter((event) => event !== undefined);
}

const call = /^(\w+)\((?:\d+<([^>]*)>(?:\(deleted\))?)?(?:, )?(.*)\) += (-?\d+)/s;

function eventOf(text: string, folder: string): DiskEvent | undefined {
  const [, name = '', on = '', rest = '', result = ''] = call.exec(text) ?? [];
  if (name === 'unlink') {
    const removed = unescape(/^"((?:[^"\\]|\\.)*)"/s.exec(rest)?.[1] ?? '').toString();
    return removed.startsWith(folder) && result === '0' ? { kind: 'removed', file: removed } : undefined;
  }
  if (on.startsWith('socket:')) {
    const kind = name === 'read' || name === 'recvfrom' ? 'received' : 'sent';
    const said = [...rest.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, part = '']) => unescape(part));
    return { kind, text: Buffer.concat(said).toString('latin1') };
  }
  if (!on.startsWith(folder)) return undefined;
  if (name === 'fsync' || name === 'fdatasync') return { kind: 'synced', file: on };
  if (name === 'ftruncate') return { kind: 'cut', file: on, size: Number(rest) };
  if (name !== 'pwrite64') return undefined;
  const [, data = '', , offset = ''] = /^"((?:[^"\\]|\\.)*)"(\.\.\.)?, \d+, (\d+)$/s.exec(rest) ?? [];
  return { kind: 'written', file: on, offset: Number(offset), bytes: unescape(data) };
}

const named: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, v: 11, f: 12, '"': 34, '\\': 92 };

/** Bytes out of the C literal strace prints. */
function unescape(text: string): Buffer {
  const bytes = Buffer.alloc(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] !== '\\') {
      bytes[length++] = text.charCodeAt(at);
      continue;
    }
    const octal = /^[0-7]{1,3}/.exec(text.slice(at + 1, at + 4))?.[0];
    bytes[length++] = octal === undefined ? (named[text[at + 1] ?? ''] ?? 0) : Number.parseInt(octal, 8);
    at += octal?.length ?? 1;
  }
  return bytes.subarray(0, length);
}
