/** Workflows as files: reviewed before they are imported, exported, made of templates, duplicated. */
import type { HookyardClient } from '../../shared/contract/index.ts';
import type { ImportResult, Template } from '../../shared/contract/workflow-files.ts';
import type { WorkflowView } from '../../shared/contract/views.ts';
import { call } from './connection.ts';
import { defineSingle } from './mirror.ts';

/** What is to be done with the locked secrets of a file. */
export type RestoreWish = NonNullable<
  Parameters<HookyardClient['workflows']['import']>[0]['body']['restore']
>;

export interface ImportWish {
  readonly file: string;
  readonly passphrase?: string;
  readonly restore?: RestoreWish;
}

/** What an import would make, and what one should look at; nothing is made. */
export const reviewImport = (body: ImportWish): Promise<ImportResult> =>
  call((client) => client.workflows.import({ query: { preview: true }, body }));
/** Makes the workflows of a file, inactive. */
export const importWorkflows = (body: ImportWish): Promise<ImportResult> =>
  call((client) => client.workflows.import({ body }));

/** The text of a workflow as a file; with a passphrase its secrets are locked in it. */
export const exportWorkflow = (id: string, passphrase: string | null): Promise<string> =>
  call(async (client) => {
    const file =
      passphrase === null
        ? await client.workflows.export({ id })
        : await client.workflows.exportLocked({ id, passphrase });
    return `${JSON.stringify(file, null, 2)}\n`;
  });

export const duplicateWorkflow = (id: string): Promise<WorkflowView> =>
  call((client) => client.workflows.duplicate({ id }));

/** Workflows to begin with; they do not change while the app runs. */
export const templatesMirror = defineSingle<readonly Template[]>({
  topics: [],
  read: async (client, signal) => (await client.templates.list(undefined, { signal })).items,
});

/** Makes a workflow of a template. */
export const createFromTemplate = (id: string, name: string): Promise<WorkflowView> =>
  call((client) => client.templates.create({ id, name }));
