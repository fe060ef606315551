/**
 * One SQLite connection with its prepared statements: every statement is compiled once and found again by its text.
 * All SQL of the product goes through this face, so nothing outside the store can reach the driver.
 */
import type Database from 'better-sqlite3';

/** What may be bound to a statement; booleans are written as 0 and 1 by whoever binds them. */
export type SqlValue = string | number | null | Uint8Array;

/** Runs statements by their text. Rows have the shape the caller names: the tables are STRICT, so their columns are. */
export interface Sql {
  /** The first row, or undefined. */
  get<Row>(text: string, ...values: readonly SqlValue[]): Row | undefined;
  all<Row>(text: string, ...values: readonly SqlValue[]): readonly Row[];
  /** Runs a statement that changes something; answers how many rows it changed. */
  run(text: string, ...values: readonly SqlValue[]): number;
  /** Runs an INSERT; answers the rowid it gave. */
  insert(text: string, ...values: readonly SqlValue[]): number;
}

/**
 * Writes `+?` for `?` in conditions. Where a table has partial indexes, SQLite's planner may look at a bound value and
 * then compiles the statement again for each new one, which costs ten times what running it does; behind a `+` it does
 * not look.
 */
function hideValues(text: string): string {
  return text.replace(/\b(?:WHERE|LIMIT)\b[^]*$/, (conditions) => conditions.replaceAll('?', '+?'));
}

/** Wraps a connection. The statements live as long as the connection does. */
export function createSql(db: Database.Database): Sql {
  const statements = new Map<string, Database.Statement<SqlValue[]>>();

  function prepared(text: string): Database.Statement<SqlValue[]> {
    const known = statements.get(text);
    if (known !== undefined) return known;
    const statement = db.prepare<SqlValue[]>(hideValues(text));
    statements.set(text, statement);
    return statement;
  }

  return {
    get: <Row>(text: string, ...values: readonly SqlValue[]) =>
      prepared(text).get(...values) as Row | undefined,
    all: <Row>(text: string, ...values: readonly SqlValue[]) => prepared(text).all(...values) as Row[],
    run: (text, ...values) => prepared(text).run(...values).changes,
    insert: (text, ...values) => Number(prepared(text).run(...values).lastInsertRowid),
  };
}
