/** Hookyard's own style: `/hooks/{slug}`, the body is the payload (SPEC 3). */
import { slugOf } from './slug-place.ts';
import { intentByRole, plainSample, type StyleBehaviour } from './style.ts';

export const native: StyleBehaviour = {
  definition: {
    style: 'native',
    title: 'Hookyard',
    description: 'The body is the payload. Any method, any authentication.',
    urlPattern: 'ANY /hooks/{slug}',
    methods: ['POST'],
    defaultAuth: { scheme: 'apiKey', in: 'header', name: 'x-api-key' },
  },
  reading: 'byType',
  path: (place) => `/hooks/${slugOf(place)}`,
  intent: intentByRole,
  sampleRequest: plainSample,
};
