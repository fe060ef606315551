/**
 * FlowX's style: a key in the query, the payload an object or a string (SPEC 3). Its callers are promised "parsed as
 * JSON if valid, raw string otherwise"; a JSON content type stays a promise of JSON (SPEC 4.9).
 */
import { slugify } from '../../shared/model/document.ts';
import { intentByRole, plainSample, type StyleBehaviour } from './style.ts';

/** The install's own ids in FlowX URLs. */
const org = 'local';
const workspace = 'default';

export const flowx: StyleBehaviour = {
  definition: {
    style: 'flowx',
    title: 'FlowX',
    description:
      'A POST with the key in the URL; steps use {{webhookData.payload}} and {{webhookData.headers}}.',
    urlPattern: `POST /webhooks/incoming/${org}/${workspace}/{appId}/{endpointId}?flowxApiKey=…`,
    methods: ['POST'],
    defaultAuth: { scheme: 'apiKey', in: 'query', name: 'flowxApiKey' },
  },
  reading: 'jsonOrText',
  path: ({ project, endpointId }) =>
    `/webhooks/incoming/${org}/${workspace}/${slugify(project)}/${endpointId}`,
  intent: intentByRole,
  sampleRequest: () => ({
    ...plainSample(),
    body: '{"orderId":"ORD-12345","status":"completed","amount":299.99}',
  }),
};
