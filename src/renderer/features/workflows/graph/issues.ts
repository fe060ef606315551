/** Problems of a document sorted by step, in the words of the editor: badges on cards, the list, errors at fields. */
import type { Issue, WorkflowDocument } from '../../../../shared/model/document.ts';

/** Issues by step id; those of the document as a whole stand under the empty id. */
export type IssuesByStep = ReadonlyMap<string, readonly Issue[]>;

/** Sorts issues by the step they belong to, named by `nodeId` or by the place in the path. */
export function sortIssues(issues: readonly Issue[], document: WorkflowDocument): IssuesByStep {
  const sorted = new Map<string, Issue[]>();
  for (const issue of issues) {
    const id = stepOf(issue, document);
    const list = sorted.get(id);
    if (list === undefined) sorted.set(id, [issue]);
    else list.push(issue);
  }
  return sorted;
}

function stepOf(issue: Issue, document: WorkflowDocument): string {
  if (issue.nodeId !== undefined && document.nodes.some((node) => node.id === issue.nodeId))
    return issue.nodeId;
  const place = /^nodes\[(\d+)\]/.exec(issue.path)?.[1];
  return place === undefined ? '' : (document.nodes[Number(place)]?.id ?? '');
}

/** The first problem of each config field, by its path inside the config (`auth.header`). */
export function fieldErrors(issues: readonly Issue[]): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const issue of issues) {
    const field = /^nodes\[\d+\]\.config\.(.+)$/.exec(issue.path)?.[1];
    if (field !== undefined) errors[field] ??= issue.message;
  }
  return errors;
}
