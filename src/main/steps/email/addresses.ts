/**
 * E-mail addresses out of what templates gave: a list, or a text with commas between them. Line breaks and anything
 * else that would leave the header it stands in is refused, not mended.
 */
import addressparser from 'nodemailer/lib/addressparser';
import { textOf } from '../../../shared/expression/template.ts';
import { AppError } from '../../../shared/errors.ts';

/** Recipients of one message. */
const mostAddresses = 100;
/** Something before and after one @, without spaces, controls and the marks of headers. */
const plainAddress = /^[^\s@<>()[\]\\,;:"\p{Cc}]{1,64}@[^\s@<>()\\,;:"\p{Cc}]{1,255}$/u;

/** The error of a message that can not be sent as it is. */
export function badMail(message: string): AppError {
  return new AppError({ code: 'mail_failed', message, details: { retryable: false } });
}

/** A text that stands in a header. @throws AppError `mail_failed` for a line break or NUL in it */
export function headerText(field: string, text: string): string {
  if (/[\r\n\0\u2028\u2029]/.test(text)) throw badMail(`The ${field} holds a line break.`);
  return text;
}

/** Whether a text is one address, with or without a name. */
export function isAddress(text: string): boolean {
  const [one, ...more] = addressparser(text, { flatten: true });
  return one !== undefined && more.length === 0 && !/[\r\n\0]/.test(text) && plainAddress.test(one.address);
}

/** The bare address of `Ada <ada@example.com>`. */
export function bareAddress(text: string): string {
  return addressparser(text, { flatten: true })[0]?.address ?? '';
}

/** One mailbox has one pair of brackets: of more, parsers choose differently. */
function split(field: string, text: string) {
  const found = addressparser(text, { flatten: true });
  const brackets = text.replace(/"[^"]*"/g, '').split('<').length - 1;
  if (brackets > found.length) throw badMail(`The ${field} can not be understood.`);
  return found;
}

/**
 * Reads the addresses of a field.
 * @throws AppError `mail_failed` when one is no address or there are too many
 */
export function readAddresses(field: string, value: unknown): readonly string[] {
  const texts = (Array.isArray(value) ? value : [value])
    .filter((item) => item !== undefined && item !== null)
    .map((item) => headerText(field, textOf(item)));
  const found = texts.flatMap((text) => split(field, text));
  if (found.length > mostAddresses) throw badMail(`The ${field} holds more than ${mostAddresses} addresses.`);
  return found.map(({ name, address }) => {
    if (!plainAddress.test(address)) {
      throw badMail(`"${(address === '' ? name : address).slice(0, 100)}" in ${field} is no e-mail address.`);
    }
    const safe = name.replace(/["\\]/g, '');
    return safe === '' ? address : `"${safe}" <${address}>`;
  });
}
