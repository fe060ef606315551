/** The smallest write there is: finds out whether the disk takes writes (again). */
import type { WriteContext } from './write-context.ts';

/** Notes an instant. @throws whatever keeps the store from writing */
export function probe(context: WriteContext, { at }: { readonly at: number }): void {
  context.sql.run(
    "INSERT INTO meta (key, value) VALUES ('probed_at', ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    at,
  );
}
