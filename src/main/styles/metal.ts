/** Metal's style: a signed POST whose payload is the run's input (SPEC 3). */
import { slugOf } from './slug-place.ts';
import { intentByRole, type StyleBehaviour } from './style.ts';

export const metal: StyleBehaviour = {
  definition: {
    style: 'metal',
    title: 'Metal',
    description: 'A signed POST to the slug of the workflow; the body is the input of the run.',
    urlPattern: 'POST /webhooks/workflows/{slug}',
    methods: ['POST'],
    defaultAuth: { scheme: 'hmac', header: 'X-Webhook-Signature', algorithm: 'sha256', encoding: 'hex' },
  },
  reading: 'byType',
  path: (place) => `/webhooks/workflows/${slugOf(place)}`,
  intent: intentByRole,
  sampleRequest: () => ({
    method: 'POST',
    contentType: 'application/json',
    body: '{ "companyId": "665f1c2a9b1e4a0012a3b4c5" }',
  }),
};
