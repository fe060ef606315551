/** Workflows to begin with, as files that come with the app (UI, Add workflow). Making one of them makes it inert. */
import { readFile } from 'node:fs/promises';
import type { Template } from '../../shared/contract/workflow-files.ts';
import { AppError } from '../../shared/errors.ts';
import { documentSchema, slugify, type WorkflowDocument } from '../../shared/model/document.ts';
import type { ApiParts } from './parts.ts';
import { type Procedures, requires } from './procedures.ts';
import type { InTurn } from './turns.ts';
import { createWorkflow, freeSlug } from './workflow-saving.ts';
import { startKindsOf, toWorkflowView } from './workflow-view.ts';

/** The templates there are, in the order shown; the file of each is named like it. */
export const templateIds = [
  'order-intake',
  'expense-approval',
  'stock-check',
  'nightly-review',
  'failure-watch',
  'model-review',
  'two-sources',
] as const;

async function readTemplate({ samples }: ApiParts, id: string): Promise<WorkflowDocument> {
  const known = templateIds.find((one) => one === id);
  if (known === undefined) throw new AppError({ code: 'not_found', message: 'There is no such template.' });
  return documentSchema.parse(JSON.parse(await readFile(new URL(`${known}.json`, samples), 'utf8')));
}

/** `templates.*` of the contract. */
export function templateProcedures(os: Procedures, parts: ApiParts, inTurn: InTurn) {
  async function describe(id: string): Promise<Template> {
    const document = await readTemplate(parts, id);
    const { name, description, nodes } = document;
    const stepKinds = [...new Set(nodes.map(({ type }) => type))];
    return { id, name, description, startKinds: startKindsOf(document), stepKinds };
  }

  return {
    list: os.templates.list
      .use(requires('read'))
      .handler(async () => ({ items: await Promise.all(templateIds.map(describe)), nextCursor: null })),

    create: os.templates.create.use(requires('admin')).handler(({ input }) =>
      inTurn(async () => {
        const document = await readTemplate(parts, input.id);
        const name = input.name ?? document.name;
        const slug = freeSlug(parts, slugify(name));
        return toWorkflowView(parts, await createWorkflow(parts, { ...document, name, slug }));
      }),
    ),
  };
}
