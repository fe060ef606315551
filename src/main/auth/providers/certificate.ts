/**
 * Keys of senders that sign with a certificate. The certificate is believed because of where it comes from: a URL of the
 * sender's own, over https. So the URL, which stands in the request, is judged before anything is fetched.
 */
import { X509Certificate, type KeyObject } from 'node:crypto';
import { AppError } from '../../../shared/errors.ts';
import { refuse, type AuthCheck, type Refusal } from '../scheme.ts';

/** A URL that is https on the usual port, without credentials; undefined for anything else. */
export function readSecureUrl(text: string): URL | undefined {
  const url = URL.parse(text);
  const isPlain = url?.protocol === 'https:' && url.port === '' && url.username === '' && url.password === '';
  return isPlain ? url : undefined;
}

/**
 * The RSA key of the certificate at a URL already judged, or the refusal of one that is not valid now.
 * @throws AppError as the fetching does, and `endpoint_misconfigured` where nothing can be fetched
 */
export async function certifiedKey(
  check: AuthCheck,
  url: URL,
  hosts: readonly string[],
): Promise<KeyObject | Refusal> {
  if (check.fetchCertificate === undefined) {
    throw new AppError({ code: 'endpoint_misconfigured', reason: 'Certificates can not be fetched here.' });
  }
  const certificate = readCertificate(await check.fetchCertificate(url.href, hosts));
  if (certificate === undefined)
    return refuse('malformed', 'What was found at the URL of the certificate is none.');
  const { validFromDate, validToDate, publicKey } = certificate;
  if (check.now < validFromDate.getTime() || check.now > validToDate.getTime()) {
    return refuse('stale', 'The certificate of the sender is not valid at this time.');
  }
  if (publicKey.asymmetricKeyType === 'rsa') return publicKey;
  return refuse('malformed', 'The certificate of the sender holds no RSA key.');
}

function readCertificate(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

/** The bytes of a signature in base64, or undefined for a text that is none or longer than an 8192-bit key makes. */
export function readSignature(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length > 0 && bytes.length <= 1_024 && bytes.toString('base64') === text ? bytes : undefined;
}
