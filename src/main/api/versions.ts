/** Versions of a workflow: made, put live, listed, compared and restored (SPEC 2, 11). */
import type { VersionView } from '../../shared/contract/views.ts';
import { AppError } from '../../shared/errors.ts';
import { diffDocuments, type DocumentDiff } from '../../shared/model/diff.ts';
import type { WorkflowDocument } from '../../shared/model/document.ts';
import type { VersionRow, WorkflowRow } from '../store/types.ts';
import { pageOfList } from './list-page.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import { toTime } from './times.ts';
import type { InTurn } from './turns.ts';
import { requireRunnable } from './workflow-faults.ts';
import { coverLiterals } from './workflow-literals.ts';
import { requireWorkflow, switchWorkflow, updateWorkflow } from './workflow-saving.ts';
import { toWorkflowView } from './workflow-view.ts';

type Revision = number | 'draft';

/** Makes a version of the draft; answers its number. @throws AppError `invalid` while there is a fault */
export async function commitDraft(parts: ApiParts, row: WorkflowRow, note: string): Promise<number> {
  requireRunnable(parts, row.draft);
  const { version } = await parts.store.write('commitVersion', { id: row.id, note, at: parts.clock.now() });
  return version;
}

/** `workflows.*` of the contract that are about versions. */
export function versionProcedures(os: Procedures, parts: ApiParts, inTurn: InTurn) {
  const { store } = parts;
  const view = (row: WorkflowRow) => toWorkflowView(parts, row);

  function toVersion(row: WorkflowRow, version: VersionRow, live: ReadonlyMap<number, number>): VersionView {
    return {
      version: version.version,
      note: version.note,
      createdAt: toTime(version.createdAt),
      active: row.enabled && row.activeVersion === version.version,
      liveRuns: live.get(version.version) ?? 0,
    };
  }

  /** @throws AppError `not_found` */
  function requireVersion(row: WorkflowRow, number: number): VersionRow {
    const version = store.read.workflows.version(row.id, number);
    if (version !== undefined) return version;
    throw new AppError({ code: 'not_found', message: `There is no version ${number}.` });
  }

  const documentAt = (row: WorkflowRow, revision: Revision): WorkflowDocument =>
    revision === 'draft' ? row.draft : requireVersion(row, revision).document;

  function compare(row: WorkflowRow, from: Revision, to: Revision): DocumentDiff {
    const [before, after] = [documentAt(row, from), documentAt(row, to)];
    return coverLiterals(diffDocuments(before, after), [before, after]);
  }

  /** The slug of a version comes back with it, unless another workflow has it by now. */
  function restored(row: WorkflowRow, { document }: VersionRow): WorkflowDocument {
    const owner = document.slug === undefined ? undefined : store.read.workflows.bySlug(document.slug);
    return owner === undefined || owner.id === row.id ? document : { ...document, slug: row.slug };
  }

  return {
    commit: os.workflows.commit.use(requires('admin')).handler(({ input }) =>
      inTurn(async () => {
        const row = requireWorkflow(parts, input.id);
        const version = await commitDraft(parts, row, input.note);
        return { ...view(requireWorkflow(parts, row.id)), version };
      }),
    ),

    activate: os.workflows.activate
      .use(requires('admin'))
      .handler(({ input }) =>
        inTurn(async () =>
          view(await switchWorkflow(parts, requireWorkflow(parts, input.id), input.version ?? 'newest')),
        ),
      ),

    deactivate: os.workflows.deactivate
      .use(requires('admin'))
      .handler(({ input }) =>
        inTurn(async () => view(await switchWorkflow(parts, requireWorkflow(parts, input.id), null))),
      ),

    versions: os.workflows.versions.use(requires('read')).handler(({ input }) => {
      const row = requireWorkflow(parts, input.id);
      const live = store.read.overview.liveRunsByVersion(row.id);
      const versions = store.read.workflows.versions(row.id);
      const views = versions.map((version) => toVersion(row, version, live));
      return pageOfList(views, input, ({ version }) => String(version));
    }),

    version: os.workflows.version.use(requires('read')).handler(({ input }) => {
      const row = requireWorkflow(parts, input.id);
      const version = requireVersion(row, input.version);
      const { name, nodes, edges } = version.document;
      const live = store.read.overview.liveRunsByVersion(row.id);
      return { ...toVersion(row, version, live), document: { name, nodes, edges } };
    }),

    diff: os.workflows.diff.use(requires('read')).handler(({ input: { id, from, to } }) => {
      const row = requireWorkflow(parts, id);
      const first = from ?? row.latestVersion;
      if (first === null)
        throw new AppError({ code: 'conflict', message: 'There is no version yet to compare with.' });
      return { from: first, to, ...compare(row, first, to) };
    }),

    restore: os.workflows.restore.use(requires('admin')).handler(({ input }) =>
      inTurn(async () => {
        const row = requireWorkflow(parts, input.id);
        return view(await updateWorkflow(parts, row.id, restored(row, requireVersion(row, input.version))));
      }),
    ),
  };
}
