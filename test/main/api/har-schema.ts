/** HAR 1.2 as its specification says it, strict where it is: what every reader of the format relies on. */
import { z } from 'zod';

const comment = { comment: z.string().optional() };
/** Names beginning with `_` are anyone's own. */
function entity<Shape extends z.ZodRawShape>(shape: Shape) {
  return z
    .looseObject({ ...shape, ...comment })
    .refine(
      (value) =>
        Object.keys(value).every((name) => name in shape || name === 'comment' || name.startsWith('_')),
      'a name the format does not know',
    );
}

const size = z.number().int().min(-1);
const pair = entity({ name: z.string(), value: z.string() });
const timing = z.number().min(-1);

const request = entity({
  method: z.string().min(1),
  url: z.url(),
  httpVersion: z.string(),
  cookies: z.array(z.unknown()),
  headers: z.array(pair),
  queryString: z.array(pair),
  postData: entity({ mimeType: z.string(), text: z.string() }).optional(),
  headersSize: size,
  bodySize: size,
});

const response = entity({
  status: z.number().int(),
  statusText: z.string(),
  httpVersion: z.string(),
  cookies: z.array(z.unknown()),
  headers: z.array(pair),
  content: entity({ size, mimeType: z.string(), text: z.string().optional() }),
  redirectURL: z.string(),
  headersSize: size,
  bodySize: size,
});

export const harSchema = z.strictObject({
  log: entity({
    version: z.literal('1.2'),
    creator: entity({ name: z.string(), version: z.string() }),
    entries: z.array(
      entity({
        startedDateTime: z.iso.datetime({ offset: true }),
        time: z.number().min(0),
        request,
        response,
        cache: z.strictObject({}),
        timings: entity({ send: timing, wait: timing, receive: timing }),
      }),
    ),
  }),
});
