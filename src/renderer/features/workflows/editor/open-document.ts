/** A stored workflow as the document the editor works on: what SPEC 8 has, and no secrets. */
import type { WorkflowView } from '../../../../shared/contract/views.ts';
import type { Catalog } from '../../../../shared/model/catalog.ts';
import type { WorkflowDocument } from '../../../../shared/model/document.ts';
import { withoutSecrets } from '../graph/secrets.ts';

/** Takes the document out of a view. */
export function documentOf(view: WorkflowView, catalog: Catalog): WorkflowDocument {
  const { name, slug, description, project, settings, nodes, edges } = view;
  return withoutSecrets({ name, slug, description, project, settings, nodes, edges }, catalog);
}
