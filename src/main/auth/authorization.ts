/** The Authorization header, of which there is one or none (RFC 9110, 11.6.2): scheme, then credentials. */
import type { HeaderList } from '../../shared/model/request.ts';
import { requireHeader } from './required-header.ts';
import { refuse, type Refusal } from './scheme.ts';

/** What stands behind the scheme's name, whose case does not matter; the refusal when that scheme is not used. */
export function readAuthorization(headers: HeaderList, scheme: 'Basic' | 'Bearer'): string | Refusal {
  const value = requireHeader(headers, 'Authorization');
  if (typeof value !== 'string') return value;
  const at = value.indexOf(' ');
  if (at < 0 || value.slice(0, at).toLowerCase() !== scheme.toLowerCase()) {
    return refuse('malformed', `The header Authorization does not begin with ${scheme}.`);
  }
  const credentials = value.slice(at).replace(/^ +/, '');
  return credentials === ''
    ? refuse('missing', `The header Authorization holds nothing after ${scheme}.`)
    : credentials;
}
