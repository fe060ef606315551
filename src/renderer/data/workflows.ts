/** Workflows: lists, drafts, versions, going live. */
import type { VersionView, WorkflowSummary, WorkflowView } from '../../shared/contract/views.ts';
import type { DocumentDiff } from '../../shared/model/diff.ts';
import type { Issue, WorkflowDocumentInput } from '../../shared/model/document.ts';
import { call } from './connection.ts';
import { defineList } from './list.ts';
import { defineMirror, defineSingle } from './mirror.ts';

/** Workflows, newest first; `q` finds by name, slug or an id in a webhook URL. */
export const workflowList = defineList<{ readonly q?: string }, WorkflowSummary>({
  topics: ['workflows', 'endpoints', 'runs'],
  rowTopic: 'workflows',
  page: (client, filter, place, signal) => client.workflows.list({ ...filter, ...place }, { signal }),
});

/** All workflows at once, for choosing one and for the palette. */
export const workflowChoices = defineSingle<readonly WorkflowSummary[]>({
  topics: ['workflows'],
  read: async (client, signal) => (await client.workflows.list({ limit: 500 }, { signal })).items,
});

export const workflowMirror = defineMirror<string, WorkflowView>({
  topics: ['workflows', 'endpoints'],
  about: (id) => ({ topic: 'workflows', id }),
  read: (client, id, signal) => client.workflows.get({ id }, { signal }),
});

export const versionsMirror = defineMirror<string, readonly VersionView[]>({
  topics: ['workflows', 'runs'],
  about: (id) => ({ topic: 'workflows', id }),
  read: async (client, id, signal) => (await client.workflows.versions({ id }, { signal })).items,
});

/** The document of one version, read once. */
export const readVersion = (id: string, version: number) =>
  call((client) => client.workflows.version({ id, version }));

export const createWorkflow = (document: WorkflowDocumentInput, activate = false): Promise<WorkflowView> =>
  call((client) => client.workflows.create({ query: { activate }, body: document }));
/** Replaces the draft. */
export const saveWorkflow = (
  id: string,
  document: WorkflowDocumentInput,
  activate = false,
): Promise<WorkflowView> =>
  call((client) => client.workflows.update({ params: { id }, query: { activate }, body: document }));
export const removeWorkflow = (id: string) => call((client) => client.workflows.remove({ id }));
/** The faults of a document; an empty list when there are none. */
export const checkDocument = (
  document: WorkflowDocumentInput,
  signal?: AbortSignal,
): Promise<readonly Issue[]> =>
  call(async (client, given) => (await client.workflows.check(document, { signal: given })).issues, signal);
export const commitWorkflow = (id: string, note: string) =>
  call((client) => client.workflows.commit({ id, note }));
/** Puts a version live; the newest when none is named. */
export const activateWorkflow = (id: string, version?: number): Promise<WorkflowView> =>
  call((client) => client.workflows.activate({ id, ...(version === undefined ? {} : { version }) }));
export const deactivateWorkflow = (id: string): Promise<WorkflowView> =>
  call((client) => client.workflows.deactivate({ id }));
/** Lets no run begin; what comes is accepted and queued. */
export const pauseWorkflow = (id: string): Promise<WorkflowView> =>
  call((client) => client.workflows.pause({ id }));
/** Lets what was queued begin, in the order it came. */
export const resumeWorkflow = (id: string): Promise<WorkflowView> =>
  call((client) => client.workflows.resume({ id }));

/** A version by its number, or the draft. */
export type Revision = number | 'draft';
/** What two of them differ in; read anew when the draft is saved. */
export const diffMirror = defineMirror<
  { readonly id: string; readonly from: Revision; readonly to: Revision },
  DocumentDiff
>({
  topics: ['workflows'],
  about: ({ id }) => ({ topic: 'workflows', id }),
  read: (client, input, signal) => client.workflows.diff(input, { signal }),
});
