/** Reading whole lists of `/v1`, page by page. */
import { z } from 'zod';
import { callV1 } from './v1.ts';

/** Every item of a list, newest first; `path` may carry a query. Throws when a page is refused or misshapen. */
export async function listAll<Item>(receiver: string, path: string, item: z.ZodType<Item>): Promise<Item[]> {
  const page = z.object({ items: z.array(item), nextCursor: z.string().nullable() });
  const all: Item[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const query = `${path.includes('?') ? '&' : '?'}limit=500${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const { status, body } = await callV1(receiver, 'GET', path + query);
    if (status !== 200) throw new Error(`GET ${path}${query} answered ${status}: ${JSON.stringify(body)}`);
    const { items, nextCursor } = page.parse(body);
    all.push(...items);
    cursor = nextCursor;
  }
  return all;
}

/** Whether any run is in one of these states. */
export async function hasRunIn(receiver: string, statuses: readonly string[]): Promise<boolean> {
  for (const status of statuses) {
    const { body } = await callV1(receiver, 'GET', `/v1/workflow-runs?limit=1&status=${status}`);
    if (z.object({ items: z.array(z.unknown()) }).parse(body).items.length > 0) return true;
  }
  return false;
}
