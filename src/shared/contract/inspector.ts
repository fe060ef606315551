/** What the inspector does with captured requests: edit and send again, compare, take out, explain (SPEC 5, 11; UI, Requests). */
import { z } from 'zod';
import { repeatModeSchema, verdictSchema } from '../model/request.ts';
import { pageQuery } from './views.ts';

const instant = z.iso.datetime({ offset: true });

/** Filters of the list of requests; all given ones must hold. */
export const requestFilterShape = {
  endpoint: z.string().max(64).optional(),
  verdict: verdictSchema.optional(),
  status: z.coerce.number().int().optional(),
  method: z.string().max(20).optional(),
  since: instant.optional(),
  until: instant.optional(),
  /** Words anywhere in URL, headers and body, or an id. */
  q: z.string().max(500).optional(),
  /** A run the request started or resumed. */
  run: z.string().max(64).optional(),
  /** Address of the caller. */
  client: z.string().max(64).optional(),
} as const;

export const requestListSchema = z.object({ ...pageQuery, ...requestFilterShape });

/** What is changed before a request is sent again; what is left out stays as captured. */
export const requestEditSchema = z.strictObject({
  method: z
    .string()
    .regex(/^[A-Z]{1,20}$/, 'capital letters')
    .optional(),
  /** Query as it stands in a URL, without `?`. */
  query: z
    .string()
    .max(8_192)
    .regex(/^[!"$-~]*$/, 'a query as it stands in a URL')
    .optional(),
  /** All headers. One that is sent back masked, as it was shown, keeps its value. */
  headers: z
    .array(
      z.tuple([
        z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/, 'a header name'),
        z
          .string()
          .max(16_384)
          .regex(/^[\t\u0020-\u007e\u0080-\u00ff]*$/, 'no line breaks, and no characters past U+00FF'),
      ]),
    )
    .max(100)
    .optional(),
  /** The whole body; `Content-Length` follows, and a `Content-Encoding` that was not edited is taken off. */
  body: z
    .discriminatedUnion('encoding', [
      z.strictObject({ encoding: z.literal('utf8'), data: z.string().max(33_554_432) }),
      z.strictObject({ encoding: z.literal('base64'), data: z.base64().max(44_739_244) }),
    ])
    .optional(),
});
export type RequestEdit = z.infer<typeof requestEditSchema>;

/** How a stored request is judged again. `asCaptured`: its own credentials, timestamps as of then. */
export const repeatShape = {
  mode: repeatModeSchema.default('asCaptured'),
  edit: requestEditSchema.optional(),
} as const;

/** A named value in one request, the other, or both and not the same; null where it is missing. Secrets masked. */
const namedChangeSchema = z.object({
  name: z.string(),
  left: z.string().nullable(),
  right: z.string().nullable(),
});
export type NamedChange = z.infer<typeof namedChangeSchema>;

/** Two texts that differ, or null. */
const changeSchema = z.object({ left: z.string(), right: z.string() }).nullable();

export const comparisonSchema = z.object({
  method: changeSchema,
  /** Of the URL, without the query. */
  path: changeSchema,
  query: z.array(namedChangeSchema),
  headers: z.array(namedChangeSchema),
  body: z.object({
    /** Whether the bytes are the same. */
    same: z.boolean(),
    left: z.object({ size: z.number().int(), sha256: z.string() }),
    right: z.object({ size: z.number().int(), sha256: z.string() }),
    /** Offset of the first byte that differs; null when none does. */
    firstDifference: z.number().int().nullable(),
    /** Both are JSON: what differs in the data, by path. Empty: the data is the same, differently written. */
    json: z
      .object({
        changes: z.array(
          z.object({ path: z.string(), left: z.string().nullable(), right: z.string().nullable() }),
        ),
        /** Whether there are more than these. */
        cut: z.boolean(),
      })
      .nullable(),
    /** Both are text, and not JSON of different data: the lines. */
    text: z
      .object({
        /** `skipped`: lines that are the same and far from any difference; their text is left out. */
        parts: z.array(
          z.object({
            kind: z.enum(['same', 'added', 'removed', 'skipped']),
            lines: z.number().int(),
            text: z.string(),
          }),
        ),
        cut: z.boolean(),
      })
      .nullable(),
    /** Why neither is given although the bytes differ. */
    note: z.string().nullable(),
  }),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** Most requests of one export. */
export const exportLimit = 1_000;

/** What is taken out: chosen requests, or those the filters hold for, newest first. Keys and secrets are masked. */
export const exportInputSchema = z.object({
  format: z.enum(['har', 'json']).default('har'),
  ids: z.array(z.string().min(1).max(64)).min(1).max(exportLimit).optional(),
  ...requestFilterShape,
});
export type ExportInput = z.infer<typeof exportInputSchema>;

/** A piece of the file, with how many requests it holds until here. */
export const exportPieceSchema = z.object({ text: z.string(), count: z.number().int() });
/** How it ended: `cut` when more requests were asked for than one export holds. */
export const exportEndSchema = z.object({
  fileName: z.string(),
  contentType: z.string(),
  count: z.number().int(),
  cut: z.boolean(),
});

/** A request as a ready command or script; where it can not be the same bytes, its first line says so. */
export const requestSnippetSchema = z.object({ id: z.string(), title: z.string(), text: z.string() });

/** What the signature doctor says of a request (SPEC 5). Holds no secret in any spelling. */
export const verificationSchema = z.object({
  scheme: z.string(),
  title: z.string(),
  /** `none`: it was never checked, because anyone may call or because it was refused before. */
  verdict: z.enum(['genuine', 'refused', 'none']),
  /** Why, in one sentence. */
  sentence: z.string(),
  /** What to do about it, in one sentence; null when there is nothing to do. */
  mend: z.string().nullable(),
  /** Which bytes were signed, in words. */
  signedOver: z.string().nullable(),
  /** The signature or key that came, its last characters at most. */
  presented: z.string().nullable(),
  /** The signature that would have been right for a digest, its last characters at most; never a key. */
  expected: z.string().nullable(),
  /** How far the caller's clock was ahead of this machine's; negative: behind. */
  clockSkewMs: z.number().nullable(),
  /** When the secret was set, seen from the request. */
  secretAgeNote: z.string().nullable(),
  /** Mistakes that were looked for, in order. */
  tried: z.array(z.object({ id: z.string(), title: z.string(), fits: z.boolean() })),
});
export type Verification = z.infer<typeof verificationSchema>;
