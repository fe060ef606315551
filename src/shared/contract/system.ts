/** What belongs to the install: secrets, tokens, settings, status, the catalog and live changes (SPEC 2, 11). */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import type { Catalog } from '../model/catalog.ts';
import {
  pageOf,
  retentionSchema,
  scopeSchema,
  secretSchema,
  settingsSchema,
  statusSchema,
  tokenSchema,
  wholeListQuery,
} from './views.ts';

const secretName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, 'a letter or _, then letters, digits or _');

export const secrets = {
  list: oc
    .route({ method: 'GET', path: '/secrets', tags: ['Secrets'], summary: 'List secrets, masked' })
    .input(z.object(wholeListQuery).default({}))
    .output(pageOf(secretSchema)),
  set: oc
    .route({
      method: 'POST',
      path: '/secrets',
      tags: ['Secrets'],
      summary: 'Create or replace a secret',
      successStatus: 201,
    })
    .input(
      z.strictObject({
        name: secretName,
        value: z.string().min(1).max(65_536),
        /** Hosts it may be sent to, e.g. `api.example.com` or `api.example.com:8443`. */
        hosts: z.array(z.string().min(1).max(300)).max(100).default([]),
      }),
    )
    .output(secretSchema),
  remove: oc
    .route({ method: 'DELETE', path: '/secrets/{name}', tags: ['Secrets'], summary: 'Delete a secret' })
    .input(z.object({ name: secretName }))
    .output(z.object({ name: z.string() })),
};

export const tokens = {
  list: oc
    .route({ method: 'GET', path: '/tokens', tags: ['Tokens'], summary: 'List API tokens' })
    .input(z.object(wholeListQuery).default({}))
    .output(pageOf(tokenSchema)),
  create: oc
    .route({
      method: 'POST',
      path: '/tokens',
      tags: ['Tokens'],
      summary: 'Create an API token; shown this once',
      successStatus: 201,
    })
    .input(z.strictObject({ name: z.string().trim().min(1).max(100), scopes: z.array(scopeSchema).min(1) }))
    .output(tokenSchema.extend({ token: z.string() })),
  remove: oc
    .route({ method: 'DELETE', path: '/tokens/{id}', tags: ['Tokens'], summary: 'Revoke an API token' })
    .input(z.object({ id: z.string().max(64) }))
    .output(z.object({ id: z.string() })),
};

/** Where e-mail goes out. `starttls` and `tls` refuse to go on unencrypted. */
export const smtpSchema = z.object({
  host: z
    .string()
    .trim()
    .regex(/^[A-Za-z0-9]([A-Za-z0-9.:-]{0,252}[A-Za-z0-9])?$/, 'a host name or IP address'),
  port: z.number().int().min(1).max(65_535),
  security: z.enum(['none', 'starttls', 'tls']),
  /** Empty: no log-in. */
  user: z.string().max(320).default(''),
  /** Masked; null: none. */
  password: z.string().nullable(),
  /** Who the messages are from, e.g. `Orders <orders@example.com>`. */
  from: z.string().trim().min(3).max(320),
  /** Take a certificate nobody vouches for. */
  allowSelfSigned: z.boolean().default(false),
});
export type SmtpView = z.infer<typeof smtpSchema>;
const mailSchema = z.object({ smtp: smtpSchema.nullable() });

export const settings = {
  get: oc
    .route({ method: 'GET', path: '/settings', tags: ['System'], summary: 'Settings' })
    .output(settingsSchema),
  update: oc
    .route({
      method: 'PATCH',
      path: '/settings',
      tags: ['System'],
      summary: 'Change settings; what is left out stays as it is',
    })
    .input(
      settingsSchema.partial().extend({ retention: retentionSchema.partial().strict().optional() }).strict(),
    )
    .output(settingsSchema),
  getMail: oc
    .route({ method: 'GET', path: '/settings/mail', tags: ['System'], summary: 'Mail server, masked' })
    .output(mailSchema),
  updateMail: oc
    .route({
      method: 'PUT',
      path: '/settings/mail',
      tags: ['System'],
      summary: 'Set the mail server; null: none',
    })
    .input(
      z.strictObject({
        smtp: smtpSchema
          .extend({
            /** Left out, or as it was read: stays. Null or empty: none. */
            password: z.string().max(1_000).nullable().optional(),
          })
          .strict()
          .nullable(),
      }),
    )
    .output(mailSchema),
  testMail: oc
    .route({
      method: 'POST',
      path: '/settings/mail/test',
      tags: ['System'],
      summary: 'Send a test message by the mail server',
    })
    .input(z.strictObject({ to: z.string().trim().min(1).max(320) }))
    .output(z.object({ accepted: z.array(z.string()), response: z.string() })),
};

export const status = {
  get: oc
    .route({ method: 'GET', path: '/status', tags: ['System'], summary: 'How the app is doing' })
    .output(statusSchema),
};

/** Definitions of step kinds, auth schemes and styles, for forms and palettes. */
export const catalog = {
  list: oc
    .route({
      method: 'GET',
      path: '/catalog',
      tags: ['System'],
      summary: 'Step kinds, auth schemes and styles',
    })
    .output(z.custom<Catalog>((value) => typeof value === 'object' && value !== null)),
};

/** Something changed: what, and the sequence number to refetch from. */
export const changeSchema = z.object({
  seq: z.number().int(),
  /** Ids per topic; an empty list means many: refetch. */
  topics: z.partialRecord(
    z.enum([
      'workflows',
      'endpoints',
      'requests',
      'runs',
      'records',
      'secrets',
      'tokens',
      'settings',
      'alarms',
      'jobs',
      'notifications',
    ]),
    z.array(z.string()),
  ),
});
export type Change = z.infer<typeof changeSchema>;

export const live = {
  /** Yields at once with the present sequence number, then after commits, at most 20 times a second. */
  changes: oc
    .route({
      method: 'GET',
      path: '/changes',
      tags: ['System'],
      summary: 'Live changes as server-sent events',
    })
    .output(eventIterator(changeSchema)),
};
