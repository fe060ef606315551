/**
 * The receiver's own calls to senders: certificates it checks signatures with, and the one call that confirms a
 * subscription. Callers name the URLs, so each is held to https and the sender's own hosts, and to little time and room.
 */
import { AppError } from '../../shared/errors.ts';
import type { Clock } from '../base/clock.ts';

const timeoutMs = 5_000;
const maxBytes = 65_536;
const keptMs = 24 * 3_600_000;
/** Certificates known at once; a sender has one or two. */
const mostKept = 100;
/** Fetches at once; strangers can ask for them. */
const mostUnderWay = 4;

export interface Outside {
  /**
   * The text of a certificate, kept for a day.
   * @throws AppError `endpoint_misconfigured` when it can not be had: the request is neither believed nor refused for good
   */
  certificate(url: string, hosts: readonly string[]): Promise<string>;
  /** Asks for a URL once; what comes back is thrown away. @throws AppError `endpoint_misconfigured` */
  confirm(url: string, hosts: readonly string[]): Promise<void>;
}

interface OutsideParts {
  readonly clock: Clock;
  /** The way out; the network by default. */
  readonly fetch?: typeof fetch;
}

function failed(reason: string, cause?: unknown): AppError {
  return new AppError({ code: 'endpoint_misconfigured', reason, cause });
}

/** Whether a URL a caller named may be asked for. */
function isAllowed(url: string, hosts: readonly string[]): boolean {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.protocol !== 'https:') return false;
  if (parsed.port !== '' || parsed.username !== '' || parsed.password !== '') return false;
  return hosts.some((host) => parsed.hostname === host || parsed.hostname.endsWith(`.${host}`));
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const part of response.body ?? []) {
    const chunk: unknown = part;
    if (!(chunk instanceof Uint8Array)) throw failed('What the sender answered is no bytes.');
    size += chunk.byteLength;
    if (size > maxBytes) throw failed('What the sender answered is larger than 64 KiB.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Makes the way out. */
export function createOutside({ clock, fetch: ask = fetch }: OutsideParts): Outside {
  const kept = new Map<string, { readonly text: string; readonly until: number }>();
  const underWay = new Map<string, Promise<string>>();
  let asking = 0;

  async function get(url: string, hosts: readonly string[]): Promise<string> {
    if (!isAllowed(url, hosts)) throw failed('The request names an address that is not the sender’s own.');
    if (asking >= mostUnderWay) throw failed('Too many addresses of senders are being asked at once.');
    asking++;
    try {
      const response = await ask(url, { redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
      if (response.ok) return await readText(response);
      await response.body?.cancel();
      throw failed(`The sender’s address answered with status ${response.status}.`);
    } catch (cause) {
      throw cause instanceof AppError ? cause : failed('The sender’s address could not be reached.', cause);
    } finally {
      asking--;
    }
  }

  function keep(url: string, text: string): void {
    kept.delete(url);
    kept.set(url, { text, until: clock.now() + keptMs });
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
  }

  return {
    async certificate(url, hosts) {
      // The hosts are judged first: what one sender may be asked for is not another's.
      if (!isAllowed(url, hosts)) return get(url, hosts);
      const before = kept.get(url);
      if (before !== undefined && before.until > clock.now()) return before.text;
      const running = underWay.get(url);
      if (running !== undefined) return running;
      const asked = get(url, hosts);
      underWay.set(url, asked);
      try {
        const text = await asked;
        keep(url, text);
        return text;
      } finally {
        underWay.delete(url);
      }
    },
    async confirm(url, hosts) {
      await get(url, hosts);
    },
  };
}
