/** FlowTrux's style: a signed POST to the id of the workflow (SPEC 3). */
import { distinct } from './slug-place.ts';
import { intentByRole, plainSample, type StyleBehaviour } from './style.ts';

export const flowtrux: StyleBehaviour = {
  definition: {
    style: 'flowtrux',
    title: 'FlowTrux',
    description: 'A POST signed with HMAC-SHA256; steps use {{trigger.data}} and {{trigger.data._query}}.',
    urlPattern: 'POST /api/webhooks/{workflowId}',
    methods: ['POST'],
    defaultAuth: { scheme: 'hmac', header: 'X-Webhook-Signature', algorithm: 'sha256', encoding: 'hex' },
  },
  reading: 'byType',
  path: (place) =>
    `/api/webhooks/${place.workflowId === null ? place.endpointId : distinct(place.workflowId, place)}`,
  intent: intentByRole,
  sampleRequest: plainSample,
};
