/**
 * Secrets of a file under a passphrase: scrypt makes the key, AES-256-GCM locks them, and the documents they belong to are
 * authenticated with them. So secrets can not be moved into another document that would send them elsewhere.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes, scrypt } from 'node:crypto';
import { AppError } from '../../shared/errors.ts';
import { type FileSecrets, fileSecretsSchema, type SealedSecrets } from '../../shared/model/workflow-file.ts';

const cipherName = 'aes-256-gcm';
const tagBytes = 16;
const kdf = { name: 'scrypt', N: 131_072, r: 8, p: 1 } as const;

type KdfSettings = Omit<SealedSecrets['kdf'], 'name'>;

function deriveKey(passphrase: string, { N, r, p, salt }: KdfSettings): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { N, r, p, maxmem: 256 * N * r };
    // Two spellings of one passphrase are one.
    const text = passphrase.normalize('NFKC');
    scrypt(text, Buffer.from(salt, 'base64'), 32, options, (error, key) => {
      if (error === null) resolve(key);
      else reject(error);
    });
  });
}

/** JSON with the keys in order: the same for a file and for one that was only laid out anew. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`).join(',')}}`;
}

/** What is authenticated beside the secrets: the documents as they stand in the file. */
function bindingOf(documents: readonly unknown[]): Buffer {
  return createHash('sha256').update('hookyard workflow file 1\0').update(canonical(documents)).digest();
}

/** Locks secrets of these documents. */
export async function lockSecrets(
  secrets: FileSecrets,
  passphrase: string,
  documents: readonly unknown[],
): Promise<SealedSecrets> {
  const salt = randomBytes(16).toString('base64');
  const nonce = randomBytes(12);
  const key = await deriveKey(passphrase, { ...kdf, salt });
  const cipher = createCipheriv(cipherName, key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(bindingOf(documents));
  const data = Buffer.concat([
    cipher.update(JSON.stringify(secrets), 'utf8'),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return {
    kdf: { ...kdf, salt },
    cipher: { name: cipherName, nonce: nonce.toString('base64') },
    data: data.toString('base64'),
  };
}

/** Opens them. @throws AppError `invalid` when the passphrase is wrong or the file was changed */
export async function unlockSecrets(
  sealed: SealedSecrets,
  passphrase: string,
  documents: readonly unknown[],
): Promise<FileSecrets> {
  const key = await deriveKey(passphrase, sealed.kdf);
  const bytes = Buffer.from(sealed.data, 'base64');
  try {
    const decipher = createDecipheriv(cipherName, key, Buffer.from(sealed.cipher.nonce, 'base64'), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(bindingOf(documents));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    const plain = Buffer.concat([decipher.update(bytes.subarray(0, -tagBytes)), decipher.final()]);
    return fileSecretsSchema.parse(JSON.parse(plain.toString('utf8')));
  } catch (cause) {
    throw new AppError({
      code: 'invalid',
      message: 'This passphrase does not open the secrets of the file, or the file was changed since.',
      details: { path: 'passphrase' },
      cause,
    });
  }
}
