/** What can be wrong in the settings of an HTTP step beyond the rules of its fields (RELIABILITY N4). */
import type { ConfigFault } from '../step.ts';

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Line breaks and NUL would end the header they stand in. */
const breaksHeader = /[\r\n\0]/;

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/** The text a template begins with whatever is put into it. */
function literalOf(template: unknown): string {
  return typeof template === 'string' ? (template.split('{{', 1)[0] ?? '') : '';
}

/**
 * A URL as far as it is written out. What can never be called is refused even in a draft; what may still be finished
 * by typing on is not.
 */
function checkUrl(path: string, template: unknown): readonly ConfigFault[] {
  const literal = literalOf(template);
  if (breaksHeader.test(literal)) return [{ path, message: 'A URL is one line.', isShape: true }];
  const scheme = /^\s*([a-z][a-z0-9+.-]*):/i.exec(literal)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== 'http' && scheme !== 'https') {
    // `localhost:3000` reads as a scheme too, and is an address that lacks one.
    const isOther =
      /^\s*[a-z][a-z0-9+.-]*:\/\//i.test(literal) ||
      /^(file|data|ftp|unix|javascript|blob|ws|wss)$/.test(scheme);
    return [{ path, message: 'Only http:// and https:// can be called.', isShape: isOther }];
  }
  if (/^\s*https?:[\\/]*[^\\/?#]*@/i.test(literal)) {
    const message = 'A URL holds no user name or password; use Authentication for these.';
    return [{ path, message, isShape: true }];
  }
  if (literal === template && literal !== '' && (scheme === undefined || URL.parse(literal) === null)) {
    return [{ path, message: 'This is no URL, e.g. https://api.example.com/orders.' }];
  }
  return [];
}

function checkHeaders(headers: Fields): readonly ConfigFault[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const path = `headers.${name}`;
    if (breaksHeader.test(name)) return [{ path, message: 'A header is one line.', isShape: true }];
    if (!headerName.test(name)) return [{ path, message: 'This is not a header name.' }];
    const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
    const isBroken = texts.some((text) => typeof text === 'string' && breaksHeader.test(text));
    return isBroken ? [{ path, message: 'A header is one line.', isShape: true }] : [];
  });
}

/** Fields a scheme can not do without. */
const needed: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  apiKey: [['key', 'Give the key to send.']],
  header: [['name', 'Name the header to send.']],
  query: [['name', 'Name the parameter to send.']],
  oauth2: [
    ['tokenUrl', 'Give the URL that hands out tokens.'],
    ['clientId', 'Give the client id.'],
  ],
  hmac: [
    ['secret', 'Give the secret to sign with.'],
    ['name', 'Name the header to send.'],
  ],
  standardwebhooks: [['secret', 'Give the secret to sign with.']],
};

function checkAuth(auth: Fields): readonly ConfigFault[] {
  const scheme = typeof auth['scheme'] === 'string' ? auth['scheme'] : 'none';
  const missing = (Object.hasOwn(needed, scheme) ? (needed[scheme] ?? []) : [])
    .filter(([name]) => typeof auth[name] !== 'string' || auth[name] === '')
    .map(([name, message]) => ({ path: `auth.${name}`, message }));
  const name = auth['name'];
  const isHeader =
    scheme === 'header' || scheme === 'hmac' || (scheme === 'apiKey' && auth['in'] !== 'query');
  const misnamed =
    isHeader && typeof name === 'string' && name !== '' && !headerName.test(name)
      ? [{ path: 'auth.name', message: 'This is not a header name.' }]
      : [];
  return [
    ...missing,
    ...misnamed,
    ...(scheme === 'oauth2' ? checkUrl('auth.tokenUrl', auth['tokenUrl']) : []),
  ];
}

/** Every fault of an HTTP step's config. */
export function checkHttp(config: Fields): readonly ConfigFault[] {
  return [
    ...checkUrl('url', config['url']),
    ...checkHeaders(fieldsOf(config['headers'])),
    ...checkAuth(fieldsOf(config['auth'])),
  ];
}
