/**
 * Workflows made of files, of templates and of one another. All of them begin inert: inactive, with ids, URLs and keys of
 * their own, and nothing runs until somebody has committed and activated them (RELIABILITY O1).
 */
import type { ImportResult } from '../../shared/contract/workflow-files.ts';
import { AppError } from '../../shared/errors.ts';
import {
  formatPath,
  type Issue,
  issueSchema,
  slugify,
  type WorkflowDocument,
} from '../../shared/model/document.ts';
import type { FileSecrets } from '../../shared/model/workflow-file.ts';
import { namedSecretPlace } from '../base/vault.ts';
import { findCircle } from '../engine/check-graph.ts';
import { shapeOf } from '../engine/graph-shape.ts';
import type { WorkflowRow } from '../store/types.ts';
import { storeSecrets } from './endpoint-secrets.ts';
import { unlockSecrets } from './export-workflow-lock.ts';
import { authOf, ownHooksOf, secretFieldsOfAuth } from './hooks.ts';
import { type FileEntry, type ReadFile, readImportBytes, readWorkflowFile } from './import-file.ts';
import { reviewDocument } from './import-review.ts';
import { withoutKeys } from './inert-document.ts';
import { invalid } from './issues.ts';
import { hintOf } from './masking.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import type { InTurn } from './turns.ts';
import { requireSavable } from './workflow-faults.ts';
import { withTexts } from './workflow-literals.ts';
import { createWorkflow, freeSlug, requireWorkflow } from './workflow-saving.ts';
import { toWorkflowView } from './workflow-view.ts';

/** What is to be used of a file's locked secrets. */
interface Restore {
  readonly endpoints: boolean;
  readonly steps: boolean;
  readonly named: readonly string[];
}

const nothing: Restore = { endpoints: false, steps: false, named: [] };

/** A document of a file as it will be saved. */
interface Planned {
  readonly document: WorkflowDocument;
  readonly slugIsTaken: boolean;
  readonly withheld: readonly string[];
}

/** Steps that lead back to themselves otherwise than through a loop. @throws AppError `invalid` */
function refuseCircle(document: WorkflowDocument): void {
  const circle = findCircle(shapeOf(document).followers);
  if (circle === undefined) return;
  const at = document.edges.findIndex(
    ({ source, target }) => source === circle.at(-1) && target === circle[0],
  );
  const message = `Steps may not form a circle: ${[...circle, circle[0]].join(' → ')}.`;
  throw invalid([{ path: formatPath(['edges', at]), message }]);
}

/** The faults a refusal names; anything else goes on as it is. */
function issuesOf(error: unknown): readonly Issue[] {
  const read = error instanceof AppError ? issueSchema.array().safeParse(error.details['issues']) : undefined;
  if (read?.success === true) return read.data;
  throw error;
}

/** Judges the documents of a file as a whole: one that can not be saved keeps all of them out. @throws AppError `invalid` */
function requireSound(entries: readonly FileEntry[]): void {
  for (const { document, path } of entries) {
    try {
      requireSavable(document);
      refuseCircle(document);
    } catch (error) {
      throw path === ''
        ? error
        : invalid(issuesOf(error).map((one) => ({ ...one, path: `${path}.${one.path}` })));
    }
  }
}

/** What will be saved, and so what is reviewed: with the texts that are put back, when that was confirmed. */
function planEntries(
  parts: ApiParts,
  { entries }: ReadFile,
  secrets: FileSecrets | undefined,
  { steps }: Restore,
): readonly Planned[] {
  const given = new Set<string>();
  return entries.map(({ document, withheld }, index) => {
    const texts = steps ? (secrets?.workflows[index]?.texts ?? []) : [];
    const wished = document.slug ?? slugify(document.name);
    const slug = freeSlug(parts, wished, given);
    given.add(slug);
    const whole = withoutKeys(withTexts(document, texts));
    return {
      document: { ...whole, slug },
      slugIsTaken: slug !== wished,
      withheld: texts.length > 0 ? [] : withheld,
    };
  });
}

/** Gives the endpoints of a new workflow the keys that were locked in the file; what its auth does not know is left. */
async function restoreKeys(
  parts: ApiParts,
  row: WorkflowRow,
  endpoints: FileSecrets['workflows'][number]['endpoints'],
): Promise<void> {
  for (const { node, config } of ownHooksOf(row.draft)) {
    const endpoint = parts.store.read.endpoints.ofWorkflow(row.id).find(({ nodeId }) => nodeId === node.id);
    const { all } = secretFieldsOfAuth(authOf(config));
    const values = Object.entries(endpoints[node.id] ?? {}).filter(([field]) => all.includes(field));
    if (endpoint === undefined || values.length === 0) continue;
    await storeSecrets(parts, {
      endpointId: endpoint.id,
      values: Object.fromEntries(values),
      overlapMs: 0,
      at: parts.clock.now(),
    });
  }
}

async function restoreNamed(
  { store, vault, clock }: ApiParts,
  secrets: FileSecrets['named'],
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    const secret = secrets[name];
    if (secret === undefined) continue;
    const sealed = vault.seal(secret.value, namedSecretPlace(name));
    const row = { name, sealed, hint: hintOf(secret.value), hosts: secret.hosts, at: clock.now() };
    await store.write('setSecret', row);
  }
}

function summaryOf({ store }: ApiParts, file: ReadFile, secrets?: FileSecrets): ImportResult['secrets'] {
  if (file.sealed === undefined) return null;
  const { workflows = [], named = {} } = secrets ?? {};
  return {
    isOpen: secrets !== undefined,
    endpoints: workflows.flatMap(({ endpoints }) => Object.values(endpoints)).flatMap(Object.keys).length,
    steps: workflows.flatMap(({ texts }) => texts).length,
    named: Object.entries(named).map(([name, { hosts }]) => ({
      name,
      exists: store.read.secrets.byName(name) !== undefined,
      hosts,
    })),
  };
}

/** The secrets of a file, when a passphrase was given. @throws AppError `invalid` */
async function openFile(
  { sealed, raw, entries }: ReadFile,
  passphrase: string | undefined,
): Promise<FileSecrets | undefined> {
  if (passphrase === undefined) return undefined;
  if (sealed === undefined) throw invalid([{ path: 'passphrase', message: 'The file holds no secrets.' }]);
  const secrets = await unlockSecrets(sealed, passphrase, raw);
  if (secrets.workflows.length === entries.length) return secrets;
  throw invalid([{ path: 'secrets', message: 'The secrets are not those of these workflows.' }]);
}

/** @throws AppError `invalid` for names the file has no secret of */
function requireNamed(secrets: FileSecrets | undefined, { endpoints, steps, named }: Restore): void {
  const wantsAny = endpoints || steps || named.length > 0;
  if (wantsAny && secrets === undefined)
    throw invalid([{ path: 'passphrase', message: 'To restore secrets, give the passphrase of the file.' }]);
  const at = named.findIndex((name) => !Object.hasOwn(secrets?.named ?? {}, name));
  if (at >= 0) throw invalid([{ path: `restore.named[${at}]`, message: 'The file has no such secret.' }]);
}

/** `workflows.*` of the contract that make workflows of what is there already. */
export function importProcedures(os: Procedures, parts: ApiParts, inTurn: InTurn) {
  async function createAll(
    planned: readonly Planned[],
    secrets: FileSecrets | undefined,
    restore: Restore,
  ): Promise<readonly WorkflowRow[]> {
    const rows: WorkflowRow[] = [];
    for (const [index, { document }] of planned.entries()) {
      const own = secrets?.workflows[index];
      const row = await createWorkflow(parts, document);
      if (restore.endpoints && own !== undefined) await restoreKeys(parts, row, own.endpoints);
      rows.push(row);
    }
    await restoreNamed(parts, secrets?.named ?? {}, restore.named);
    return rows;
  }

  return {
    import: os.workflows.import.use(requires('admin')).handler(({ input: { query, body } }) =>
      inTurn(async () => {
        const { file: text, document, passphrase, restore = nothing } = body;
        if ((text === undefined) === (document === undefined))
          throw invalid([{ path: '', message: 'Give the text of a file, or a document.' }]);
        const file = readWorkflowFile(
          text === undefined ? document : readImportBytes(Buffer.from(text, 'utf8')),
        );
        requireSound(file.entries);
        const secrets = await openFile(file, passphrase);
        requireNamed(secrets, restore);
        const planned = planEntries(parts, file, secrets, restore);
        for (const { document: whole } of planned) requireSavable(whole);
        const reviews = planned.map((one) => reviewDocument(parts, one));
        const summary = summaryOf(parts, file, secrets);
        const isPreview = query?.preview === true;
        const rows = isPreview ? [] : await createAll(planned, secrets, restore);
        const created = rows.map(({ id, slug, name }) => ({ id, slug, name }));
        return { preview: isPreview, created, reviews, secrets: summary };
      }),
    ),

    duplicate: os.workflows.duplicate.use(requires('admin')).handler(({ input }) =>
      inTurn(async () => {
        const { draft } = requireWorkflow(parts, input.id);
        const name = input.name ?? `${draft.name.slice(0, 190)} (copy)`;
        const slug = freeSlug(parts, slugify(name));
        return toWorkflowView(parts, await createWorkflow(parts, { ...withoutKeys(draft), name, slug }));
      }),
    ),
  };
}
