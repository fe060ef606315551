/**
 * An endpoint: one URL with its own style, auth, parameters, limits and reply (SPEC 2-6, 10). The same settings stand
 * inline in a webhook node's config or belong to a shared data source.
 */
import { z } from 'zod';
import { slugSchema, stepPolicyShape } from './document.ts';

/** The six styles of SPEC 3. */
export const styleSchema = z.enum(['native', 'validmind', 'metal', 'flowx', 'hap', 'flowtrux']);
export type Style = z.infer<typeof styleSchema>;

/** Auth settings; `scheme` picks the entry of the auth registry that judges the other keys. */
export const authSchema = z.looseObject({ scheme: z.string().min(1).max(40) });
export type AuthSettings = z.infer<typeof authSchema>;

export const methodSchema = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** A field people expect in a request, found by a JSONata path (SPEC 6). */
export const parameterSchema = z.strictObject({
  name: z.string().min(1).max(200),
  in: z.enum(['body', 'query', 'header']).default('body'),
  path: z.string().max(1_000).optional(),
  type: z.enum(['string', 'number', 'boolean', 'date', 'object', 'array']).default('string'),
  required: z.boolean().default(false),
  description: z.string().max(1_000).optional(),
  example: z.unknown().optional(),
});
export type Parameter = z.infer<typeof parameterSchema>;

const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'not a header name');
const headerValue = z
  .string()
  .max(4_096)
  // A line break would let a value write further headers (SPEC 10).
  .refine((value) => !/[\r\n\0]/.test(value), 'line breaks are not allowed');
const hopByHop = new Set(
  'connection keep-alive proxy-authenticate proxy-authorization te trailer transfer-encoding upgrade content-length'.split(
    ' ',
  ),
);

/** Whether HTTP can carry a text as the value of a header. */
export function isHeaderText(value: string): boolean {
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
}

/** Reply headers an operator may set: no hop-by-hop names, no line breaks (SPEC 10). */
export const replyHeadersSchema = z
  .record(headerName, headerValue)
  .refine((headers) => Object.keys(headers).every((name) => !hopByHop.has(name.toLowerCase())), {
    message: 'connection headers and Content-Length are set by the server',
  });

/** How the caller is answered (SPEC 10). */
export const responseSchema = z.strictObject({
  mode: z.enum(['minimal', 'lastNode', 'specificNode', 'allNodes', 'respond', 'custom']).default('minimal'),
  status: z.number().int().min(200).max(599).default(200),
  headers: replyHeadersSchema.default({}),
  /** Template of the answer in mode `custom`; an object becomes JSON. */
  body: z.unknown().optional(),
  /** The step whose output answers in mode `specificNode`. */
  nodeId: z.string().max(40).optional(),
  timeoutSeconds: z.number().positive().max(600).default(30),
  /** Whether a failed run tells the caller the step's name and message. */
  details: z.boolean().default(false),
});
export type ResponseSettings = z.infer<typeof responseSchema>;

function typesIn(headers: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(headers).flatMap(([name, value]) =>
    name.toLowerCase() === 'content-type' ? [value] : [],
  );
}

/** Names and the value they must have; `*` stands for any value. */
const matchSchema = z.record(z.string().min(1).max(200), z.string().max(1_000));

/**
 * A handshake of the operator's own making (SPEC 4.7): a request that has all of `match` is answered with this and
 * starts nothing. `body` is a template over the trigger scope; `match.body` names fields of a JSON or form body.
 */
export const handshakeRuleSchema = z.strictObject({
  match: z.strictObject({
    method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
    query: matchSchema.optional(),
    headers: matchSchema.optional(),
    body: matchSchema.optional(),
  }),
  status: z.number().int().min(200).max(299).default(200),
  headers: replyHeadersSchema
    // Strangers are answered: nothing a browser would show as a page.
    .refine(
      (headers) =>
        typesIn(headers).every((type) => /^(?:text\/plain|application\/json)\s*(?:;|$)/i.test(type)),
      {
        message: 'a handshake is answered as text/plain or application/json',
      },
    )
    .default({}),
  body: z.unknown().optional(),
});
export type HandshakeRule = z.infer<typeof handshakeRuleSchema>;

/** Everything that can be set on an endpoint, inline or shared. */
export const endpointSettingsShape = {
  style: styleSchema.default('native'),
  slug: slugSchema.optional(),
  auth: authSchema.optional(),
  methods: z.array(methodSchema).min(1).max(5).optional(),
  ipAllow: z.array(z.string().min(1).max(60)).max(1_000).optional(),
  rateLimit: z.strictObject({ perMinute: z.number().int().min(1).max(1_000_000) }).optional(),
  cors: z.strictObject({ origins: z.array(z.string().min(1).max(300)).max(100) }).optional(),
  maxBodyBytes: z.number().int().min(0).max(33_554_432).optional(),
  dedupe: z
    .strictObject({
      key: z.string().max(2_000).optional(),
      /** Whether the bytes of the body are the key, whatever id is sent; `key` counts before. */
      body: z.boolean().optional(),
      windowSeconds: z.number().int().min(1).max(2_592_000).default(604_800),
    })
    .optional(),
  handshake: handshakeRuleSchema.optional(),
  /** How long the sender waits for an answer, where it is not a known one: for the deadline coach. */
  senderDeadlineSeconds: z.number().positive().max(3_600).optional(),
  /** Refuse JSON with two equal keys in one object (400 `malformed_json`); else the last one wins and is marked. */
  strictJson: z.boolean().optional(),
  parameters: z.array(parameterSchema).max(500).optional(),
  fullBody: z.boolean().optional(),
  filter: z.string().max(10_000).optional(),
  response: responseSchema.optional(),
} as const;
export const endpointSettingsSchema = z.strictObject(endpointSettingsShape);
export type EndpointSettings = z.infer<typeof endpointSettingsSchema>;

/** Config of a `webhook` node: an endpoint inline or a shared one by id, and how it waits (SPEC 3, 8). */
export const webhookConfigSchema = z.strictObject({
  ...endpointSettingsShape,
  ...stepPolicyShape,
  endpointId: z.string().max(40).optional(),
  waitWhenReached: z.boolean().optional(),
  /** Bare JSONata: `run` over the run's scope, `request` over the request's. Equal values meet. */
  correlation: z.strictObject({ run: z.string().min(1), request: z.string().min(1) }).optional(),
  onMatch: z.enum(['start', 'resume']).optional(),
  holdEarlySeconds: z.number().int().min(0).max(2_592_000).optional(),
});
export type WebhookConfig = z.infer<typeof webhookConfigSchema>;

/** Name of a shared data source (SPEC 2). */
export const sharedNameSchema = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9 [\]().\-_]{3,50}$/, '3-50 letters, digits, spaces and [ ] ( ) . _ -');

export const endpointStateSchema = z.enum(['active', 'deactivated']);
export type EndpointState = z.infer<typeof endpointStateSchema>;
