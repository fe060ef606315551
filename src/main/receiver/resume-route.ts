/**
 * A run's own resume URL, `POST /hooks/resume/{token}` (SPEC 3, Waits): the token is the key, good for one wait of one run.
 * It is looked up by its hash; a token nobody ever gave out is a path nobody has, a spent one is told to be spent, and one
 * whose run has yet to reach the wait is held for it.
 */
import { webhookConfigSchema } from '../../shared/model/endpoint.ts';
import { hashToken, resumePath } from '../engine/resume-token.ts';
import { holdMsOf } from './admission/hold-time.ts';
import { compileRoute, type Route } from './routes/route.ts';
import type { RouteTable } from './routes/route-table.ts';
import type { Tools } from './tools.ts';

const prefix = resumePath('');
/** What tokens are made of; anything else is not even looked up. */
const tokenForm = /^[A-Za-z0-9_-]{20,100}$/;

/** Whether a path is a resume URL, known or not. */
export function isResumePath(pathname: string): boolean {
  return pathname.startsWith(prefix);
}

/** The route of a resume URL; undefined when no run was ever given its token. */
export function findResumeRoute(
  pathname: string,
  table: RouteTable,
  { store }: Pick<Tools, 'store'>,
): Route | undefined {
  const token = pathname.slice(prefix.length);
  if (!tokenForm.test(token)) return undefined;
  const resumeToken = hashToken(token);
  const place = store.read.runs.waitByToken(resumeToken);
  if (place === undefined) return undefined;
  const endpoint = table.byNode(place.workflowId, place.nodeId)?.endpoint;
  const node = store.read.workflows
    .version(place.workflowId, place.version)
    ?.document.nodes.find(({ id }) => id === place.nodeId);
  const route = compileRoute({
    endpoint: { ...(endpoint ?? unknownEndpoint), path: prefix, style: 'native' },
    // The run goes on whether or not its workflow still takes new requests (SPEC 4).
    closed: undefined,
    settings: { style: 'native', auth: { scheme: 'none' }, methods: ['POST'] },
    targets: [],
    secretsAt: () => [],
  });
  return { ...route, resumeToken, resumeHoldMs: holdMsOf(webhookConfigSchema.safeParse(node?.config).data) };
}

/** The endpoint of the node is gone; the run that waits there is not. */
const unknownEndpoint = { id: 'ep_removed', name: 'Resume URL' };
