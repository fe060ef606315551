/** Samples of endpoints and the parameters read out of them (SPEC 6, 11), and how requests differ from the sample. */
import { oc } from '@orpc/contract';
import { z } from 'zod';
import { parameterSchema } from '../model/endpoint.ts';
import { driftSchema, sampleSourceSchema } from '../model/sample.ts';
import { timeSchema } from './views.ts';

const idInput = z.object({ id: z.string().min(1).max(64) });
const textValue = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** The sample of an endpoint (SPEC 6). */
export const sampleSchema = z.object({
  /** As people edit them; live with the next version where the live one states its own. */
  parameters: z.array(parameterSchema),
  fullBody: z.boolean(),
  /** Null while there is no sample. */
  source: sampleSourceSchema.nullable(),
  /** The captured request it was made of. */
  requestId: z.string().nullable(),
  /** Until when the next request becomes the sample; null when nobody listens. */
  listeningUntil: timeSchema.nullable(),
  /** When the sample or its parameters were last set. */
  setAt: timeSchema.nullable(),
  /** Since when requests differ from it. */
  driftSince: timeSchema.nullable(),
  /** Whether callers are judged by other parameters: those the live version states, until another one goes live. */
  liveDiffers: z.boolean(),
});
export type SampleView = z.infer<typeof sampleSchema>;

/** Procedures beside those of `endpoints`. */
export const endpointSamples = {
  listen: oc
    .route({
      method: 'POST',
      path: '/endpoints/{id}/listen',
      tags: ['Samples'],
      summary: 'Take the next GET or POST that passes authentication as the sample; for 3 minutes',
    })
    .input(idInput)
    .output(z.object({ listeningUntil: timeSchema })),
  stopListening: oc
    .route({
      method: 'DELETE',
      path: '/endpoints/{id}/listen',
      tags: ['Samples'],
      summary: 'Stop listening for a sample',
    })
    .input(idInput)
    .output(z.object({ listeningUntil: z.null() })),
  sample: oc
    .route({
      method: 'GET',
      path: '/endpoints/{id}/sample',
      tags: ['Samples'],
      summary: 'The parameters and where they come from',
    })
    .input(idInput)
    .output(sampleSchema),
  saveSample: oc
    .route({
      method: 'PUT',
      path: '/endpoints/{id}/sample',
      tags: ['Samples'],
      summary: 'Give a sample (JSON, key-value pairs or a captured request), or edit the parameters',
    })
    .input(
      z.strictObject({
        ...idInput.shape,
        /** An example of the body. */
        json: z.unknown().optional(),
        /** Names with example values. */
        pairs: z
          .union([
            z.record(z.string().max(200), textValue),
            z.array(z.strictObject({ name: z.string().min(1).max(200), value: textValue })).max(500),
          ])
          .optional(),
        /** A captured request of this endpoint. */
        requestId: z.string().max(64).optional(),
        /** The parameters as edited: exactly these. Without them they are read out of the sample. */
        parameters: z.array(parameterSchema).max(500).optional(),
        fullBody: z.boolean().optional(),
      }),
    )
    .output(sampleSchema),
};

/** Beside the procedures of `requests`. */
export const requestDrift = oc
  .route({
    method: 'GET',
    path: '/requests/{id}/drift',
    tags: ['Samples'],
    summary: 'How a captured request differs from the sample of its endpoint',
  })
  .input(idInput)
  /** Null: the endpoint has no sample, or the body can not be read. */
  .output(z.object({ drift: driftSchema.nullable() }));
