/** Worksheets: entities with typed fields, and their records (SPEC 2, 11). */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { entitySchema, pageOf, pageQuery, recordSchema } from './views.ts';

const entityName = z.string().regex(/^[A-Za-z][A-Za-z0-9_]{0,59}$/, 'a letter, then letters, digits or _');
const data = z.record(z.string().min(1).max(200), z.unknown());
const place = z.object({ name: entityName, cuid: z.string().min(1).max(64) });

export const entities = {
  list: oc
    .route({ method: 'GET', path: '/entities', tags: ['Records'], summary: 'List entities' })
    .output(pageOf(entitySchema)),
  create: oc
    .route({
      method: 'POST',
      path: '/entities',
      tags: ['Records'],
      summary: 'Create an entity',
      successStatus: 201,
    })
    .input(z.strictObject({ name: entityName, fields: entitySchema.shape.fields.default([]) }))
    .output(entitySchema),
};

export const records = {
  list: oc
    .route({ method: 'GET', path: '/entities/{name}/records', tags: ['Records'], summary: 'List records' })
    .input(z.object({ name: entityName, ...pageQuery, q: z.string().max(500).optional() }))
    .output(pageOf(recordSchema)),
  create: oc
    .route({
      method: 'POST',
      path: '/entities/{name}/records',
      tags: ['Records'],
      summary: 'Create a record; the body is its fields',
      successStatus: 201,
      inputStructure: 'detailed',
    })
    .input(z.object({ params: z.object({ name: entityName }), body: data.default({}) }))
    .output(recordSchema),
  get: oc
    .route({
      method: 'GET',
      path: '/entities/{name}/records/{cuid}',
      tags: ['Records'],
      summary: 'Get a record',
    })
    .input(place)
    .output(recordSchema),
  update: oc
    .route({
      method: 'PATCH',
      path: '/entities/{name}/records/{cuid}',
      tags: ['Records'],
      summary: 'Change fields; null removes one',
      inputStructure: 'detailed',
    })
    .input(z.object({ params: place, body: data }))
    .output(recordSchema),
  remove: oc
    .route({
      method: 'DELETE',
      path: '/entities/{name}/records/{cuid}',
      tags: ['Records'],
      summary: 'Delete a record',
    })
    .input(place)
    .output(z.object({ cuid: z.string() })),
};
