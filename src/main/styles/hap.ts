/** HAP's style: GET or POST, parsed parameters, open unless app authorization is switched on (SPEC 3). */
import { intentByRole, type StyleBehaviour } from './style.ts';

export const hap: StyleBehaviour = {
  definition: {
    style: 'hap',
    title: 'HAP',
    description: 'GET or POST; the request is parsed into parameters by a sample.',
    urlPattern: 'GET|POST /workflow/hooks/{endpointId}',
    methods: ['GET', 'POST'],
    defaultAuth: { scheme: 'none' },
  },
  reading: 'byType',
  mergesQuery: true,
  path: ({ endpointId }) => `/workflow/hooks/${endpointId}`,
  intent: intentByRole,
  sampleRequest: () => ({
    method: 'POST',
    contentType: 'application/json',
    body: '{"name":"Ada","amount":12.5}',
  }),
};
