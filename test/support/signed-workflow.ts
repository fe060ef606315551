/** A workflow with a signed webhook start and a chain of pure steps, made and activated through `/v1`. */
import { z } from 'zod';
import { callV1 } from './v1.ts';

/** The secret its callers sign with. */
export const SIGNING_SECRET = 'a secret shared with the sender';

const created = z.object({ id: z.string(), endpoints: z.array(z.object({ url: z.url() })).min(1) });

export interface SignedWorkflow {
  id: string;
  /** Where signed deliveries go. */
  url: string;
}

/** Makes a workflow of `steps` steps behind its webhook; `response` as in SPEC 10. Throws with the API's answer. */
export async function makeSignedWorkflow(
  receiver: string,
  slug: string,
  steps: number,
  response: Record<string, unknown> = { mode: 'minimal' },
): Promise<SignedWorkflow> {
  const chain = Array.from({ length: steps }, (_, index) => ({
    id: `step${index + 1}`,
    type: 'set',
    config: { fields: { order: '{{ trigger.data.orderId }}', place: index + 1 } },
  }));
  const ids = ['hook', ...chain.map((node) => node.id)];
  const { status, body } = await callV1(receiver, 'POST', '/v1/workflows?activate=true', {
    name: `Orders ${slug}`,
    slug,
    nodes: [
      {
        id: 'hook',
        type: 'webhook',
        config: { style: 'native', auth: { scheme: 'hmac', secret: SIGNING_SECRET }, response },
      },
      ...chain,
    ],
    edges: ids.slice(1).map((target, index) => ({ source: ids[index], target })),
  });
  const workflow = created.safeParse(body);
  const endpoint = workflow.data?.endpoints[0];
  if (!workflow.success || !endpoint) {
    throw new Error(`The workflow could not be made: ${status} ${JSON.stringify(body)}`);
  }
  return { id: workflow.data.id, url: endpoint.url };
}
