/** Problems of a document sorted by step, in the words of the editor: badges on cards, the list, errors at fields. */
import type { Field } from '../../../../shared/fields.ts';
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

/** A problem for people: the field's label where it is about one, then what is wrong. */
export function sayIssue(issue: Issue, fields: readonly Field[]): string {
  const path = /^nodes\[\d+\]\.config\.(.+)$/.exec(issue.path)?.[1];
  if (path === undefined) return issue.message;
  const [first = ''] = path.split(/[.[]/);
  const label = fields.find((field) => field.name === first)?.label;
  return `${label === undefined ? path : path.replace(first, label)}: ${issue.message}`;
}
