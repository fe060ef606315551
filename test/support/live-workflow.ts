/** A workflow made through `/v1` with the keys its callers need, for tests that look at what comes of a call. */
import { z } from 'zod';
import { callV1 } from './v1.ts';

const created = z.object({ id: z.string(), endpoints: z.array(z.object({ id: z.string() })) });
const credentials = z.object({ url: z.url(), headers: z.record(z.string(), z.string()) });
const accepted = z.object({ executionId: z.string() });

/** A document as `POST /v1/workflows` takes it. */
export interface Draft {
  readonly name: string;
  readonly nodes: readonly Record<string, unknown>[];
  readonly edges: readonly Record<string, unknown>[];
}

/** Makes a workflow and, unless told otherwise, takes it live. Throws with the API's answer. */
export async function makeWorkflow(receiver: string, draft: Draft, isLive = true): Promise<string> {
  const { status, body } = await callV1(receiver, 'POST', `/v1/workflows?activate=${isLive}`, draft);
  const made = created.safeParse(body);
  if (!made.success) throw new Error(`The workflow could not be made: ${status} ${JSON.stringify(body)}`);
  return made.data.id;
}

/** Sends a JSON body to the first endpoint of a workflow, with its keys. Throws when it is not accepted. */
export async function callWorkflow(receiver: string, id: string, payload: unknown): Promise<Response> {
  const workflow = created.parse((await callV1(receiver, 'GET', `/v1/workflows/${id}`)).body);
  const path = `/v1/endpoints/${workflow.endpoints[0]?.id ?? ''}/credentials`;
  const { url, headers } = credentials.parse((await callV1(receiver, 'GET', path)).body);
  const answer = await fetch(url, {
    method: 'POST',
    headers,
    body: JSON.stringify(payload),
  });
  if (!answer.ok) throw new Error(`The call was refused: ${answer.status} ${await answer.text()}`);
  return answer;
}

/** The same for a caller who does not wait for the end: the id of the run it started. */
export async function startByCall(receiver: string, id: string, payload: unknown): Promise<string> {
  return accepted.parse(await (await callWorkflow(receiver, id, payload)).json()).executionId;
}
