/** Endpoints: shared data sources and those of workflows; keys and URLs (SPEC 2, 3, 5, 11). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { endpointSettingsShape, sharedNameSchema } from '../model/endpoint.ts';
import { endpointSamples } from './samples.ts';
import { endpointSchema, pageOf, pageQuery } from './views.ts';

const idInput = z.object({ id: z.string().min(1).max(64) });
const { style, ...otherSettings } = endpointSettingsShape;
/** Settings to change: what is left out stays, null takes a setting out. */
const changedSettings = {
  slug: otherSettings.slug.nullable(),
  auth: otherSettings.auth.nullable(),
  methods: otherSettings.methods.nullable(),
  ipAllow: otherSettings.ipAllow.nullable(),
  rateLimit: otherSettings.rateLimit.nullable(),
  cors: otherSettings.cors.nullable(),
  maxBodyBytes: otherSettings.maxBodyBytes.nullable(),
  dedupe: otherSettings.dedupe.nullable(),
  handshake: otherSettings.handshake.nullable(),
  senderDeadlineSeconds: otherSettings.senderDeadlineSeconds.nullable(),
  strictJson: otherSettings.strictJson.nullable(),
  parameters: otherSettings.parameters.nullable(),
  fullBody: otherSettings.fullBody.nullable(),
  filter: otherSettings.filter.nullable(),
  response: otherSettings.response.nullable(),
} as const satisfies Record<keyof typeof otherSettings, z.ZodType>;

/** What a caller's developer needs, with secrets: shown only on demand. */
const credentialsSchema = z.object({
  url: z.string(),
  method: z.string(),
  headers: z.record(z.string(), z.string()),
  /** Example body the endpoint understands. */
  body: z.string(),
  /** Secret values by field of the auth scheme. */
  secrets: z.record(z.string(), z.string()),
});

export const endpoints = {
  list: oc
    .route({ method: 'GET', path: '/endpoints', tags: ['Endpoints'], summary: 'List endpoints' })
    .input(
      z.object({
        ...pageQuery,
        q: z.string().max(500).optional(),
        kind: z.enum(['dedicated', 'shared']).optional(),
      }),
    )
    .output(pageOf(endpointSchema)),
  create: oc
    .route({
      method: 'POST',
      path: '/endpoints',
      tags: ['Endpoints'],
      summary: 'Create a shared data source, deactivated',
      successStatus: 201,
    })
    .input(
      z.strictObject({
        name: sharedNameSchema,
        description: z.string().max(10_000).default(''),
        style: style.default('flowx'),
        ...otherSettings,
      }),
    )
    .output(endpointSchema),
  get: oc
    .route({ method: 'GET', path: '/endpoints/{id}', tags: ['Endpoints'], summary: 'Get an endpoint' })
    .input(idInput)
    .output(endpointSchema),
  update: oc
    .route({
      method: 'PATCH',
      path: '/endpoints/{id}',
      tags: ['Endpoints'],
      summary: 'Change a shared data source',
    })
    .input(
      z.strictObject({
        id: z.string().max(64),
        name: sharedNameSchema.optional(),
        description: z.string().max(10_000).optional(),
        ...changedSettings,
      }),
    )
    .output(endpointSchema),
  remove: oc
    .route({
      method: 'DELETE',
      path: '/endpoints/{id}',
      tags: ['Endpoints'],
      summary: 'Delete a deactivated shared data source',
    })
    .input(idInput)
    /** `workflows`: whose draft or live version still names it. */
    .output(
      z.object({
        id: z.string(),
        workflows: z.array(
          z.object({ id: z.string(), name: z.string(), version: z.number().int().nullable() }),
        ),
      }),
    ),
  activate: oc
    .route({
      method: 'POST',
      path: '/endpoints/{id}/activate',
      tags: ['Endpoints'],
      summary: 'Accept requests',
    })
    .input(idInput)
    .output(endpointSchema),
  deactivate: oc
    .route({
      method: 'POST',
      path: '/endpoints/{id}/deactivate',
      tags: ['Endpoints'],
      summary: 'Answer 404; key and URL are kept',
    })
    .input(idInput)
    .output(endpointSchema),
  resetKey: oc
    .route({
      method: 'POST',
      path: '/endpoints/{id}/reset-key',
      tags: ['Endpoints'],
      summary: 'Replace the key or secret; shown this once',
    })
    .input(
      z.strictObject({
        id: z.string().min(1).max(64),
        /** How long the secrets before stay valid. */
        overlapSeconds: z.number().int().min(0).max(2_592_000).default(0),
        /** Values by field, for senders that make the secret themselves: only these are replaced. None: all of ours are made anew. */
        secrets: z.record(z.string().max(100), z.string().min(1).max(10_000)).optional(),
      }),
    )
    .output(
      z.object({
        url: z.string(),
        secrets: z.record(z.string(), z.string()),
        previousValidUntil: z.string().nullable(),
      }),
    ),
  revokePrevious: oc
    .route({
      method: 'POST',
      path: '/endpoints/{id}/revoke-previous',
      tags: ['Endpoints'],
      summary: 'End the overlap of a rotation: the previous key is refused from the next request on',
    })
    .input(idInput)
    .output(endpointSchema),
  url: oc
    .route({ method: 'GET', path: '/endpoints/{id}/url', tags: ['Endpoints'], summary: 'URL with the key' })
    .input(idInput)
    .output(z.object({ url: z.string() })),
  credentials: oc
    .route({
      method: 'GET',
      path: '/endpoints/{id}/credentials',
      tags: ['Endpoints'],
      summary: 'URL, headers and example body of a working call, secrets included',
    })
    .input(idInput.extend({ target: z.string().max(64).optional() }))
    .output(credentialsSchema),
  snippets: oc
    .route({
      method: 'POST',
      path: '/endpoints/{id}/snippets',
      tags: ['Endpoints'],
      summary: 'Ready commands that make a correctly authenticated call',
    })
    .input(
      idInput.extend({ body: z.string().max(1_048_576).optional(), base: z.string().max(2_000).optional() }),
    )
    .output(
      z.object({
        snippets: z.array(z.object({ id: z.string(), title: z.string(), text: z.string() })),
      }),
    ),
  sendTest: oc
    .route({
      method: 'POST',
      path: '/endpoints/{id}/test',
      tags: ['Endpoints'],
      summary: 'Send a correctly authenticated request to the endpoint over HTTP and show the answer',
    })
    .input(idInput.extend({ body: z.string().max(1_048_576).optional() }))
    .output(
      z.object({
        status: z.number().int(),
        headers: z.record(z.string(), z.string()),
        body: z.string(),
        durationMs: z.number(),
        requestId: z.string().nullable(),
        runIds: z.array(z.string()),
      }),
    ),
  ...endpointSamples,
};
