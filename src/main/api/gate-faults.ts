/**
 * What no endpoint's gates and answers may hold, told when settings are saved and not when callers stand before them
 * (SPEC 4.3, 4.4, 10): allow-list entries that are no address, origins no browser ever sends, headers HTTP can not carry.
 */
import { formatPath } from '../../shared/model/document.ts';
import { type EndpointSettings, isHeaderText } from '../../shared/model/endpoint.ts';
import { isAllowEntry } from '../auth/allow-list.ts';

/** A fault with its path inside the settings, e.g. `ipAllow[1]`. */
export interface GateFault {
  readonly path: string;
  readonly message: string;
}

/** Every fault of an endpoint's allow list, origins and headers of its answers. */
export function gateFaults({
  ipAllow = [],
  cors,
  response,
  handshake,
}: Pick<EndpointSettings, 'ipAllow' | 'cors' | 'response' | 'handshake'>): readonly GateFault[] {
  const addresses = ipAllow.map((entry, index) =>
    isAllowEntry(entry)
      ? []
      : [{ path: `ipAllow[${index}]`, message: 'not an IP address or CIDR block, e.g. 10.0.0.0/8' }],
  );
  const origins = (cors?.origins ?? []).map((origin, index) =>
    isOrigin(origin)
      ? []
      : [
          {
            path: `cors.origins[${index}]`,
            message: 'not an origin as browsers send it, e.g. https://app.example.com, nor *',
          },
        ],
  );
  const headers = [
    headerFaults('response', response?.headers),
    headerFaults('handshake', handshake?.headers),
  ];
  return [...addresses, ...origins, ...headers].flat();
}

function headerFaults(place: string, headers: Readonly<Record<string, string>> = {}): readonly GateFault[] {
  return Object.entries(headers)
    .filter(([, value]) => !isHeaderText(value))
    .map(([name]) => ({
      path: formatPath([place, 'headers', name]),
      message: 'holds a character that can not stand in a header',
    }));
}

/** Browsers send scheme, host and port in lower case and nothing else; pages without an origin send `null`. */
function isOrigin(text: string): boolean {
  if (text === '*' || text === 'null') return true;
  const url = URL.parse(text);
  if (url === null) return false;
  // The origin of a scheme of its own, such as an app's or an extension's, is told as "null" by the parser.
  return (
    url.origin === text ||
    (url.origin === 'null' && /^[a-z][a-z0-9+.-]*:\/\/[a-z0-9._-]+(?::\d+)?$/.test(text))
  );
}
