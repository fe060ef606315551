/**
 * The launch token of the headless host: it arrives in the address (`#token=…`), is moved into this tab's session
 * storage and taken out of the address before anything else runs, so that it is neither shown nor bookmarked.
 */

const storageKey = 'hookyard.token';
const prefix = '#token=';

interface TokenPlace {
  readonly location: Pick<Location, 'hash' | 'pathname' | 'search'>;
  readonly history: Pick<History, 'replaceState'>;
  readonly sessionStorage: Pick<Storage, 'getItem' | 'setItem'>;
}

/** Whether an address brings a token. */
export function holdsToken(hash: string): boolean {
  return hash.startsWith(prefix);
}

/** Moves a token from the address into session storage, and returns the one to use; null when there is none. */
export function takeToken(place: TokenPlace = window): string | null {
  const { hash, pathname, search } = place.location;
  if (holdsToken(hash)) {
    // A deep link may follow the token: `#token=…&to=/runs/run_1`.
    const given = new URLSearchParams(hash.slice(1));
    const token = given.get('token') ?? '';
    const to = given.get('to') ?? '/';
    place.history.replaceState(null, '', `${pathname}${search}#${to.startsWith('/') ? to : '/'}`);
    if (token !== '') place.sessionStorage.setItem(storageKey, token);
  }
  return place.sessionStorage.getItem(storageKey);
}
