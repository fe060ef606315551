/**
 * Which endpoints a workflow has: one per webhook node of the draft or of the version that is live, with an id that
 * stays with its node and a URL the style decides (SPEC 2, 3). What is live keeps its URL until another version goes
 * live, however much the draft changes.
 */
import { AppError } from '../../shared/errors.ts';
import type { WorkflowDocument } from '../../shared/model/document.ts';
import { newId } from '../base/ids.ts';
import type { EndpointRow } from '../store/types.ts';
import { styleOf } from '../styles/registry.ts';
import { type Hook, ownHooksOf } from './hooks.ts';

export interface EndpointPlanInput {
  readonly workflowId: string;
  readonly slug: string;
  readonly draft: WorkflowDocument;
  /** The version callers meet; undefined while the workflow is off. */
  readonly live: WorkflowDocument | undefined;
  readonly known: readonly EndpointRow[];
  /** Whether an endpoint outside this workflow has a path already. */
  readonly isTaken: (path: string) => boolean;
  readonly at: number;
}

/**
 * The endpoints of a workflow as they should be.
 * @throws AppError `conflict` when a slug somebody chose is taken.
 */
export function planEndpoints(input: EndpointPlanInput): readonly EndpointRow[] {
  const live = input.live === undefined ? [] : ownHooksOf(input.live);
  const liveIds = new Set(live.map((hook) => hook.node.id));
  const drafted = ownHooksOf(input.draft).filter((hook) => !liveIds.has(hook.node.id));
  const slugs = new Map<Hook, string>([
    ...live.map((hook): [Hook, string] => [hook, input.live?.slug ?? input.slug]),
    ...drafted.map((hook): [Hook, string] => [hook, input.slug]),
  ]);
  const given = new Set<string>();
  const rows: EndpointRow[] = [];
  for (const hook of inTurn([...live, ...drafted], input.known)) {
    const known = input.known.find((row) => row.nodeId === hook.node.id);
    const id = known?.id ?? newId('ep');
    const workflowSlug = slugs.get(hook) ?? input.slug;
    const path = choosePath({ input, hook, endpointId: id, workflowSlug, given, present: known?.path });
    given.add(path);
    rows.push({
      id,
      kind: 'dedicated',
      workflowId: input.workflowId,
      nodeId: hook.node.id,
      name: hook.node.name,
      description: '',
      style: hook.config.style,
      path,
      state: known?.state ?? 'active',
      settings: null,
      createdAt: known?.createdAt ?? input.at,
      updatedAt: input.at,
    });
  }
  return rows;
}

/** Who chooses first: nodes that have an endpoint, in the order they got it, then starts, then the others. */
function inTurn(hooks: readonly Hook[], known: readonly EndpointRow[]): readonly Hook[] {
  const rank = (hook: Hook): number => {
    const place = known.findIndex((row) => row.nodeId === hook.node.id);
    if (place >= 0) return place;
    return known.length + (hook.isStart ? 0 : 1);
  };
  return hooks.toSorted((left, right) => rank(left) - rank(right));
}

interface PathChoice {
  readonly input: EndpointPlanInput;
  readonly hook: Hook;
  readonly endpointId: string;
  readonly workflowSlug: string;
  /** Paths other nodes of the workflow have got already. */
  readonly given: ReadonlySet<string>;
  /** The path the endpoint has now. */
  readonly present: string | undefined;
}

function choosePath({ input, hook, endpointId, workflowSlug, given, present }: PathChoice): string {
  const style = styleOf(hook.config.style);
  const chosen = hook.config.slug;
  const place = {
    endpointId,
    workflowId: input.workflowId,
    workflowSlug,
    nodeId: hook.node.id,
    project: input.draft.project,
    slug: chosen,
  };
  const isFree = (path: string): boolean => !given.has(path) && !input.isTaken(path);
  const plain = style.path(place);
  const own = style.path({ ...place, slug: undefined, isFurther: true });
  const numbered = (number: number): string => style.path({ ...place, slug: `${workflowSlug}-${number}` });
  // What callers were told stays, also when a plainer URL has come free.
  const number = Number(/-(\d{1,6})$/.exec(present ?? '')?.[1]);
  const forms = chosen === undefined ? [plain, own, numbered(number)] : [plain];
  if (present !== undefined && forms.includes(present) && isFree(present)) return present;
  if (isFree(plain)) return plain;
  if (chosen !== undefined && own !== plain) {
    throw new AppError({
      code: 'conflict',
      message: `The URL path ${plain} is used by another endpoint; choose another slug.`,
      details: { path: `nodes[${hook.index}].config.slug` },
    });
  }
  if (isFree(own)) return own;
  for (let next = 2; ; next += 1) {
    const path = numbered(next);
    if (isFree(path)) return path;
    // The style makes its URLs of ids: there is no other one.
    if (path === plain) {
      throw new AppError({ code: 'conflict', message: `The URL path ${plain} is used already.` });
    }
  }
}
