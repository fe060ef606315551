/** One change of the database's layout. Append only: a published migration is never edited. */
export interface Migration {
  /** 1, 2, 3 …; kept in `PRAGMA user_version`. */
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}
