/**
 * Finding workflows by name, slug, or anything of a webhook URL: an id in it, its path, or the whole URL as pasted
 * (SPEC 11). A URL of a shared source finds every workflow it starts.
 */
import type { Store } from '../store/open-store.ts';
import type { Page, WorkflowRow } from '../store/types.ts';
import { hooksOf } from './hooks.ts';

interface SearchQuery {
  readonly q?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** A page of workflows, newest first. */
export function findWorkflows(store: Store, { q, limit, cursor }: SearchQuery): Page<WorkflowRow> {
  const words = q === undefined ? undefined : pathOf(q.trim());
  const page = store.read.workflows.list({ limit, cursor, q: words });
  if (words === undefined || words === '' || cursor !== undefined) return page;
  const bound = boundToShared(store, words).filter((row) => page.items.every((found) => found.id !== row.id));
  return { items: [...page.items, ...bound].slice(0, limit), nextCursor: page.nextCursor };
}

/** The path of a pasted URL, without query; other words as they are. */
function pathOf(words: string): string {
  if (!/^https?:\/\//i.test(words) || !URL.canParse(words)) return words.split('?')[0] ?? words;
  return new URL(words).pathname;
}

function boundToShared(store: Store, words: string): readonly WorkflowRow[] {
  const shared = store.read.endpoints
    .list()
    .filter((row) => row.kind === 'shared' && (row.id === words || row.path === words));
  if (shared.length === 0) return [];
  const ids = new Set(shared.map((row) => row.id));
  const isBound = (row: WorkflowRow): boolean =>
    hooksOf(row.draft).some(({ config }) => config.endpointId !== undefined && ids.has(config.endpointId));
  const found: WorkflowRow[] = [];
  let cursor: string | null | undefined;
  do {
    const page = store.read.workflows.list({ limit: 500, cursor });
    found.push(...page.items.filter(isBound));
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}
