/** Files of a message, made of data alone: no path and no URL is ever opened. */
import { z } from 'zod';
import { badMail, headerText } from './addresses.ts';
import type { Attachment } from './mail.ts';

const mostAttachments = 20;
/** Bytes of all attachments; most servers refuse more. */
const mostBytes = 10_485_760;

const attachmentSchema = z.strictObject({
  filename: z.string().min(1).max(255),
  content: z.unknown().optional(),
  base64: z.string().optional(),
  contentType: z
    .string()
    .regex(/^[\w.+-]+\/[\w.+-]+$/)
    .optional(),
});

function bytesOf(filename: string, content: unknown, base64: string | undefined): Buffer {
  if (base64 === undefined)
    return Buffer.from(typeof content === 'string' ? content : JSON.stringify(content ?? null));
  const clean = base64.replaceAll(/\s/g, '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(clean)) throw badMail(`The attachment ${filename} is no base64.`);
  return Buffer.from(clean, 'base64');
}

/** Reads the rendered list. @throws AppError `mail_failed` */
export function readAttachments(value: unknown): readonly Attachment[] {
  if (value === undefined || value === null || value === '') return [];
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > mostAttachments) throw badMail(`There are more than ${mostAttachments} attachments.`);
  let left = mostBytes;
  return list.map((item, index) => {
    const verdict = attachmentSchema.safeParse(item);
    if (!verdict.success) throw badMail(`The attachment ${index + 1} is not {"filename", "content"}.`);
    const { filename, content, base64, contentType } = verdict.data;
    const bytes = bytesOf(headerText('name of an attachment', filename), content, base64);
    left -= bytes.length;
    if (left < 0) throw badMail('The attachments are larger than 10 MB.');
    return { filename, content: bytes, contentType };
  });
}
