/** Worksheets: entities with typed fields, and their records (SPEC 2, 11). */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import {
  cuidSchema,
  entityNameSchema,
  fieldListSchema,
  fieldSchema,
  filterSchema,
  recordActorSchema,
  recordChangeKinds,
} from '../model/record.ts';
import { exportEndSchema, exportPieceSchema } from './inspector.ts';
import { jobSchema } from './jobs.ts';
import { entitySchema, pageOf, pageQuery, recordSchema, timeSchema, wholeListQuery } from './views.ts';

const tags = ['Records'];
const data = z.record(z.string().min(1).max(200), z.unknown());
const named = z.object({ name: entityNameSchema });
const place = z.object({ name: entityNameSchema, cuid: z.string().min(1).max(64) });
/** In a query `true` or `false` as text. */
const flag = z
  .union([z.boolean(), z.enum(['true', 'false'])])
  .optional()
  .describe('true or false');

/** Which records, and in which order. */
export const recordQueryShape = {
  /** Text anywhere in a value, or a cuid. */
  q: z.string().max(500).optional(),
  /** A list of `{field, op, value}`, all of which must hold; in a URL as JSON. */
  filter: z.union([z.string().max(20_000), filterSchema]).optional(),
  /** A field, `createdAt` or `updatedAt`; with `-` before it the largest first. Rows without a value come last. */
  sort: z.string().min(1).max(80).optional(),
} as const;

/** Records of one bulk change. */
const selection = z.array(cuidSchema).min(1).max(1_000);

export const recordChangeSchema = z.object({
  change: z.enum(recordChangeKinds),
  /** The values that changed, as they were; null for one that was made. */
  before: z.record(z.string(), z.unknown()).nullable(),
  after: z.record(z.string(), z.unknown()).nullable(),
  at: timeSchema,
  by: recordActorSchema,
});
export type RecordChangeView = z.infer<typeof recordChangeSchema>;

/** Bytes of one file to be imported. */
export const importBytes = 52_428_800;
/** Bytes of one piece of it, where it is sent in pieces. */
const pieceBytes = 4_194_304;

export const importModeSchema = z.enum(['insert', 'upsert']);
export const importFormatSchema = z.enum(['csv', 'json']);

/** What an import would do, row by row. */
export const importReportSchema = z.object({
  rows: z.number().int(),
  /** Rows that can be taken. */
  good: z.number().int(),
  faulty: z.number().int(),
  creates: z.number().int(),
  updates: z.number().int(),
  /** Names found in the file, and the field each goes to; null: it is kept though the entity does not declare it. */
  columns: z.array(z.object({ name: z.string(), field: z.string().nullable() })),
  /** The first faults, with the line of the file. */
  faults: z.array(z.object({ line: z.number().int(), path: z.string(), message: z.string() })),
});
export type ImportReport = z.infer<typeof importReportSchema>;

export const importQueryShape = {
  format: importFormatSchema.default('csv'),
  mode: importModeSchema.default('insert'),
  /** With `upsert`: fields a record is known by, with commas between them; `cuid` is one too. */
  key: z.string().max(500).optional(),
  /** Only look. */
  dryRun: flag,
  /** Take the good rows although there are faulty ones. */
  skipFaulty: flag,
  /** A file that was sent before, in place of the body. */
  upload: z
    .string()
    .regex(/^upl_[0-9a-z]{26}$/)
    .optional(),
} as const;

export const importResultSchema = z.object({
  report: importReportSchema,
  /** The file, kept for an hour: name it in place of the body. */
  upload: z.string(),
  /** Null after a dry run. */
  job: jobSchema.nullable(),
});
export type ImportResult = z.infer<typeof importResultSchema>;

export const recordExportShape = { format: importFormatSchema.default('csv'), ...recordQueryShape } as const;

export const entities = {
  list: oc
    .route({ method: 'GET', path: '/entities', tags, summary: 'List entities' })
    .input(z.object(wholeListQuery).default({}))
    .output(pageOf(entitySchema)),
  get: oc
    .route({ method: 'GET', path: '/entities/{name}', tags, summary: 'Get an entity with its fields' })
    .input(named)
    .output(entitySchema),
  create: oc
    .route({ method: 'POST', path: '/entities', tags, summary: 'Create an entity', successStatus: 201 })
    .input(z.strictObject({ name: entityNameSchema, fields: fieldListSchema.default([]) }))
    .output(entitySchema),
  /** All fields as they are to be; one that is left out goes with its values, which asks for `force`. */
  change: oc
    .route({
      method: 'PATCH',
      path: '/entities/{name}',
      tags,
      summary: 'Change the fields; `was` names the field a renamed one has been',
      inputStructure: 'detailed',
    })
    .input(
      z.object({
        params: named,
        query: z.object({ force: flag }).default({}),
        body: z.strictObject({
          fields: z
            .array(fieldSchema.safeExtend({ was: z.string().min(1).max(200).optional() }))
            .max(200)
            .superRefine((fields, context) => {
              const names = fields.map(({ name }) => name);
              const twice = names.findIndex((name, index) => names.indexOf(name) !== index);
              if (twice >= 0)
                context.addIssue({
                  code: 'custom',
                  path: [twice, 'name'],
                  message: 'Another field has this name.',
                });
            }),
        }),
      }),
    )
    .output(entitySchema),
  remove: oc
    .route({
      method: 'DELETE',
      path: '/entities/{name}',
      tags,
      summary: 'Delete an entity; one with records asks for force=true',
      inputStructure: 'detailed',
    })
    .input(z.object({ params: named, query: z.object({ force: flag }).default({}) }))
    .output(named),
};

export const records = {
  list: oc
    .route({ method: 'GET', path: '/entities/{name}/records', tags, summary: 'List records' })
    .input(
      named.extend({
        ...pageQuery,
        cursor: z.string().max(2_000).optional(),
        ...recordQueryShape,
        /** Tell how many there are in all. */
        count: flag,
      }),
    )
    .output(pageOf(recordSchema).extend({ count: z.number().int().optional() })),
  create: oc
    .route({
      method: 'POST',
      path: '/entities/{name}/records',
      tags,
      summary: 'Create a record; the body is its fields',
      successStatus: 201,
      inputStructure: 'detailed',
    })
    .input(z.object({ params: named, body: data.default({}) }))
    .output(recordSchema),
  get: oc
    .route({ method: 'GET', path: '/entities/{name}/records/{cuid}', tags, summary: 'Get a record' })
    .input(place)
    .output(recordSchema),
  update: oc
    .route({
      method: 'PATCH',
      path: '/entities/{name}/records/{cuid}',
      tags,
      summary: 'Change fields; null removes one',
      inputStructure: 'detailed',
    })
    .input(z.object({ params: place, body: data }))
    .output(recordSchema),
  remove: oc
    .route({ method: 'DELETE', path: '/entities/{name}/records/{cuid}', tags, summary: 'Delete a record' })
    .input(place)
    .output(z.object({ cuid: z.string() })),
  history: oc
    .route({
      method: 'GET',
      path: '/entities/{name}/records/{cuid}/history',
      tags,
      summary: 'Changes of a record, newest first, and what made them',
    })
    .input(place.extend(pageQuery))
    .output(pageOf(recordChangeSchema)),
  updateMany: oc
    .route({
      method: 'POST',
      path: '/entities/{name}/records/update-many',
      tags,
      summary: 'Change fields of chosen records, all or none',
    })
    .input(z.object({ name: entityNameSchema, cuids: selection, data }))
    .output(z.object({ updated: z.number().int() })),
  removeMany: oc
    .route({
      method: 'POST',
      path: '/entities/{name}/records/delete-many',
      tags,
      summary: 'Delete chosen records, all or none',
    })
    .input(z.object({ name: entityNameSchema, cuids: selection }))
    .output(z.object({ deleted: z.number().int() })),
  /** Over HTTP the body is the file itself. Here it is text, or was sent piece by piece with `upload`. */
  import: oc
    .route({
      method: 'POST',
      path: '/entities/{name}/import',
      tags,
      summary: 'Import a CSV or JSON file as a job; with dryRun=true only say what it would do',
      successStatus: 202,
    })
    .input(named.extend({ ...importQueryShape, text: z.string().max(pieceBytes).optional() }))
    .output(importResultSchema),
  /** Sends a file piece by piece, for transports that take no large message. */
  upload: oc
    .route({
      method: 'POST',
      path: '/entities/{name}/uploads',
      tags,
      summary: 'Send a piece of a file to be imported; the first without `upload`',
    })
    .input(named.extend({ upload: importQueryShape.upload, text: z.string().max(pieceBytes) }))
    .output(z.object({ upload: z.string(), bytes: z.number().int() })),
  /** The file in pieces. `GET /v1/entities/{name}/export` answers with the file itself. */
  export: oc
    .route({
      method: 'GET',
      path: '/entities/{name}/export',
      tags,
      summary: 'Records as a CSV or JSON file',
    })
    .input(named.extend(recordExportShape))
    .output(eventIterator(exportPieceSchema, exportEndSchema)),
};
