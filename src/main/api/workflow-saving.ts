/**
 * Saving a workflow: the document is judged, parted from its secrets, given a slug, and its endpoints are brought in
 * line with the draft and with what is live (SPEC 2, 8, 11). Everything is judged before anything is written, and what
 * belongs together is handed to the writer in one breath, so one commit takes it.
 */
import { AppError } from '../../shared/errors.ts';
import { slugify, type WorkflowDocument } from '../../shared/model/document.ts';
import type { AuthSettings } from '../../shared/model/endpoint.ts';
import { newId } from '../base/ids.ts';
import type { WorkflowRow } from '../store/types.ts';
import { planEndpoints } from './endpoint-plan.ts';
import { planSecrets, storeSecrets } from './endpoint-secrets.ts';
import { authOf, ownHooksOf, secretFieldsOfAuth, splitDocument, type SplitDocument } from './hooks.ts';
import type { ApiParts } from './parts.ts';
import { requireSavable } from './workflow-faults.ts';

type SavingParts = Pick<ApiParts, 'store' | 'vault' | 'clock'>;

/** Finds a workflow by id or slug. @throws AppError `not_found` */
export function requireWorkflow({ store }: Pick<ApiParts, 'store'>, idOrSlug: string): WorkflowRow {
  const row = store.read.workflows.byIdOrSlug(idOrSlug);
  if (row === undefined) throw new AppError({ code: 'not_found', message: 'No such workflow.' });
  return row;
}

/** A slug nobody has: the wished one, else that with a number. `taken` ones count as somebody's, too. */
export function freeSlug(
  { store }: Pick<ApiParts, 'store'>,
  wished: string,
  taken: ReadonlySet<string> = new Set(),
): string {
  const isTaken = (slug: string): boolean =>
    taken.has(slug) || store.read.workflows.bySlug(slug) !== undefined;
  if (!isTaken(wished)) return wished;
  const word = slugify(wished);
  let number = 2;
  while (isTaken(`${word}-${number}`)) number += 1;
  return `${word}-${number}`;
}

/** The version of a workflow that callers meet now. */
export function liveDocument(
  { store }: Pick<ApiParts, 'store'>,
  row: WorkflowRow,
): WorkflowDocument | undefined {
  if (!row.enabled || row.activeVersion === null) return undefined;
  return store.read.workflows.version(row.id, row.activeVersion)?.document;
}

interface EndpointsInput {
  readonly workflowId: string;
  readonly slug: string;
  readonly draft: WorkflowDocument;
  readonly live: WorkflowDocument | undefined;
  /** The version that would be live again when the workflow is switched on; its secrets are kept. */
  readonly active: WorkflowDocument | undefined;
  readonly given: SplitDocument['given'];
  readonly at: number;
}

/** Plans a workflow's endpoints and their secrets; calling the answer writes them. */
function planHooks(parts: SavingParts, input: EndpointsInput): () => Promise<unknown> {
  const { store } = parts;
  const { workflowId, at } = input;
  const known = store.read.endpoints.ofWorkflow(workflowId);
  const rows = planEndpoints({
    ...input,
    known,
    isTaken(path) {
      const other = store.read.endpoints.byPath(path);
      return other !== undefined && other.workflowId !== workflowId;
    },
  });
  const authsOf = (document: WorkflowDocument | undefined, nodeId: string | null): readonly AuthSettings[] =>
    document === undefined
      ? []
      : ownHooksOf(document)
          .filter((hook) => hook.node.id === nodeId)
          .map((hook) => authOf(hook.config));

  const secretWrites = rows.map((row) => {
    const kept = new Set(store.read.endpoints.secrets(row.id).map((secret) => secret.field));
    const used = [...authsOf(input.draft, row.nodeId), ...authsOf(input.active, row.nodeId)];
    const fields = new Set(used.flatMap((auth) => secretFieldsOfAuth(auth).all));
    const gone = [...kept].filter((field) => !fields.has(field));
    const given = row.nodeId === null ? {} : (input.given.get(row.nodeId) ?? {});
    const values = used.reduce((plan, auth) => ({ ...planSecrets(auth, given, kept), ...plan }), given);
    return { endpointId: row.id, values, gone };
  });

  return () =>
    Promise.all([
      store.write('saveEndpoints', { workflowId, endpoints: rows }),
      ...secretWrites.flatMap(({ endpointId, values, gone }) => [
        ...(gone.length === 0 ? [] : [store.write('removeEndpointSecrets', { endpointId, fields: gone })]),
        storeSecrets(parts, { endpointId, values, overlapMs: 0, at }),
      ]),
    ]);
}

/**
 * Makes a workflow.
 * @throws AppError `invalid` with the faults, `conflict` when a slug somebody chose is taken.
 */
export async function createWorkflow(parts: SavingParts, given: WorkflowDocument): Promise<WorkflowRow> {
  const { store, clock } = parts;
  requireSavable(given);
  const slug = given.slug ?? freeSlug(parts, slugify(given.name));
  refuseTakenSlug(parts, slug, undefined);
  const { document, given: secrets } = splitDocument({ ...given, slug });
  const [id, at] = [newId('wf'), clock.now()];
  const writeHooks = planHooks(parts, {
    workflowId: id,
    slug,
    draft: document,
    live: undefined,
    active: undefined,
    given: secrets,
    at,
  });
  await Promise.all([store.write('insertWorkflow', { id, slug, document, at }), writeHooks()]);
  return requireWorkflow(parts, id);
}

/** Replaces the draft; a slug left out stays. @throws AppError `invalid`, `conflict`, `not_found` */
export async function updateWorkflow(
  parts: SavingParts,
  idOrSlug: string,
  given: WorkflowDocument,
): Promise<WorkflowRow> {
  const { store, clock } = parts;
  const row = requireWorkflow(parts, idOrSlug);
  requireSavable(given);
  const slug = given.slug ?? row.slug;
  refuseTakenSlug(parts, slug, row.id);
  const { document, given: secrets } = splitDocument({ ...given, slug });
  const at = clock.now();
  const writeHooks = planHooks(parts, {
    workflowId: row.id,
    slug,
    draft: document,
    live: liveDocument(parts, row),
    active: activeDocument(parts, row),
    given: secrets,
    at,
  });
  await Promise.all([store.write('updateDraft', { id: row.id, slug, document, at }), writeHooks()]);
  return requireWorkflow(parts, row.id);
}

/**
 * Puts a version live, the newest when none is named, or takes the workflow off (`version` null).
 * @throws AppError `conflict` when there is no such version, or none at all.
 */
export async function switchWorkflow(
  parts: SavingParts & Pick<ApiParts, 'engine'>,
  row: WorkflowRow,
  wanted: number | 'newest' | null,
): Promise<WorkflowRow> {
  const { store, clock, engine } = parts;
  const version = wanted === 'newest' ? row.latestVersion : wanted;
  if (wanted === 'newest' && version === null) {
    throw new AppError({ code: 'conflict', message: 'There is no version yet: commit the draft first.' });
  }
  const document = version === null ? undefined : store.read.workflows.version(row.id, version)?.document;
  if (version !== null && document === undefined) {
    throw new AppError({ code: 'conflict', message: `There is no version ${version}.` });
  }
  const at = clock.now();
  const writeHooks = planHooks(parts, {
    workflowId: row.id,
    slug: row.slug,
    draft: row.draft,
    live: document,
    active: document ?? activeDocument(parts, row),
    given: new Map(),
    at,
  });
  await Promise.all([
    store.write('setActive', { id: row.id, version, enabled: version !== null, at }),
    writeHooks(),
  ]);
  // It may have more slots than the one before.
  engine.wake();
  return requireWorkflow(parts, row.id);
}

function activeDocument({ store }: SavingParts, row: WorkflowRow): WorkflowDocument | undefined {
  return row.activeVersion === null
    ? undefined
    : store.read.workflows.version(row.id, row.activeVersion)?.document;
}

function refuseTakenSlug({ store }: SavingParts, slug: string, ownId: string | undefined): void {
  const other = store.read.workflows.bySlug(slug);
  if (other === undefined || other.id === ownId) return;
  throw new AppError({
    code: 'conflict',
    message: `The slug "${slug}" is used by another workflow.`,
    details: { path: 'slug' },
  });
}
