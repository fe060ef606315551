/**
 * Which URL callers use: the one of this computer, of the local network, or the public one. One choice for every place
 * that shows a URL; kept in the browser.
 */
import { useLocalStorage } from '@mantine/hooks';
import type { StatusView } from '../../../../shared/contract/views.ts';
import { useMirror } from '../../../data/mirror.ts';
import { statusMirror } from '../../../data/system.ts';

export type UrlPlace = 'local' | 'lan' | 'public';

export interface UrlBase {
  readonly place: UrlPlace;
  readonly choose: (place: UrlPlace) => void;
  /** Places that have an address at present, `local` first. */
  readonly places: readonly UrlPlace[];
  /** `http://host:port` of the chosen place; null until it is known. */
  readonly base: string | null;
}

type Addresses = StatusView['receiver']['addresses'];

/** The address of a place; null when it has none. */
export function addressOf(addresses: Addresses, place: UrlPlace): string | null {
  if (place === 'local') return addresses.local;
  return place === 'lan' ? (addresses.lan[0] ?? null) : addresses.public;
}

/** A URL led to another place: path and query stay, the origin changes. */
export function moveUrl(url: string, base: string | null): string {
  if (base === null || !URL.canParse(url) || !URL.canParse(base)) return url;
  const { pathname, search } = new URL(url);
  return `${base.replace(/\/$/, '')}${pathname}${search}`;
}

/** The choice and where it leads. */
export function useUrlBase(): UrlBase {
  const { data: status } = useMirror(statusMirror, null);
  const [stored, choose] = useLocalStorage<UrlPlace>({ key: 'hookyard.url-place', defaultValue: 'local' });
  const addresses = status?.receiver.addresses;
  const all: readonly UrlPlace[] = ['local', 'lan', 'public'];
  const places = addresses === undefined ? [] : all.filter((place) => addressOf(addresses, place) !== null);
  const place = places.includes(stored) ? stored : 'local';
  return { place, choose, places, base: addresses === undefined ? null : addressOf(addresses, place) };
}
