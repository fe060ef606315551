/**
 * The parameters of a run that is started with an input instead of a request: where a webhook node stands at the start,
 * its parameters are looked up in the input as in a body, so that `params` means the same however the run began (SPEC 6).
 */
import type { WorkflowDocument } from '../../shared/model/document.ts';
import { readParameters } from '../receiver/gate/read-parameters.ts';
import { readHead } from '../receiver/head.ts';
import { styleOf } from '../styles/registry.ts';
import { hooksOf } from './hooks.ts';
import type { ApiParts } from './parts.ts';

/** Starts that take the input as it is, before a webhook is asked. */
const plainStarts: readonly string[] = ['manual', 'api'];

/**
 * Reads them. None is required of a person who tries a workflow out, so those that are missing are left out.
 * @param startNodeId where the run begins; undefined: at the first start that fits
 * @returns undefined where no webhook with parameters is at the start
 * @throws AppError `invalid_parameter`
 */
export async function paramsOfInput(
  parts: Pick<ApiParts, 'sandbox' | 'clock'>,
  document: WorkflowDocument,
  startNodeId: string | undefined,
  input: unknown,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  const isPlain = startNodeId === undefined && document.nodes.some(({ type }) => plainStarts.includes(type));
  const hook = isPlain
    ? undefined
    : hooksOf(document).find(({ node, isStart }) => isStart && (startNodeId ?? node.id) === node.id);
  if (hook === undefined) return undefined;
  const { parameters = [], fullBody = false, style } = hook.config;
  if (parameters.length === 0 && !fullBody) return undefined;
  const raw = {
    method: 'POST',
    url: '/',
    httpVersion: '1.1',
    headers: [['content-type', 'application/json']] as const,
    remoteIp: '',
    receivedAt: parts.clock.now(),
  };
  const payload = { value: input, text: JSON.stringify(input), isTyped: true };
  const source = { head: readHead(raw), query: [], payload, route: { style: styleOf(style) } };
  const rules = { parameters: parameters.map((one) => ({ ...one, required: false })), fullBody };
  return (await readParameters(source, rules, parts)).params;
}
