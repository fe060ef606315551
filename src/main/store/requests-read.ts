/** Reads captured requests: lists, one, its bytes as received, and the failed triggers among them. */
import type { HeaderList, Triage } from '../../shared/model/request.ts';
import { triageSchema, verdictSchema } from '../../shared/model/request.ts';
import type { RawRequest } from '../base/raw-request.ts';
import { readHeaders, readStages, readTextMap } from './columns.ts';
import { Conditions, cursorSeq, toPage } from './paging.ts';
import type { PageQuery } from './paging.ts';
import { runsOfFirst, runsOfRequest } from './request-runs.ts';
import { walkRequests } from './request-walk.ts';
import { walkInTurns, walkNow } from './walk.ts';
import type { Found } from './walk.ts';
import { type LastRepeat, lastRepeatOf } from './request-repeats.ts';
import { type RequestTwin, twinsOf } from './request-twins.ts';
import type { RequestQuery } from './request-query.ts';
import type { Sql } from './sql.ts';
import type { Page, RequestRow } from './types.ts';

interface RequestColumns {
  readonly seq: number;
  readonly id: string;
  readonly endpoint_id: string;
  readonly endpoint_name: string | null;
  readonly received_at: number;
  readonly verdict: string;
  readonly method: string;
  readonly status: number | null;
  readonly triage: string | null;
  readonly body_size: number;
  readonly stored_body_size: number;
  readonly duration_ms: number | null;
  readonly reason: string | null;
  readonly reason_text: string | null;
  readonly dedupe_key: string | null;
  readonly replay_of: string | null;
  readonly first_seq: number | null;
  readonly first_id: string | null;
  readonly resumed_run_id: string | null;
  readonly http_version: string;
  readonly remote_ip: string;
  readonly client_ip: string;
  readonly url: string;
  readonly headers: string;
  readonly sealed: string | null;
  readonly stages: string;
  readonly reply_headers: string | null;
  readonly reply_body: string | null;
  readonly drift: number | null;
}

interface GroupColumns {
  readonly reason: string | null;
  readonly endpoint_id: string;
  readonly n: number;
  readonly callers: number;
  readonly first: number;
  readonly last: number;
}

/** Failed triggers of one cause at one endpoint. */
export interface FailedGroup {
  readonly reason: string;
  readonly endpointId: string;
  readonly count: number;
  /** Addresses they came from. */
  readonly callers: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Sentence of the newest of them. */
  readonly sampleText: string | null;
}

const selectRequests = `SELECT r.*, e.name AS endpoint_name, coalesce(n.duration_ms, r.duration_ms) AS duration_ms,
    coalesce(n.status, r.status) AS status, iif(n.status IS NULL, r.reply_headers, n.reply_headers) AS reply_headers,
    iif(n.status IS NULL, r.reply_body, n.reply_body) AS reply_body, n.drift,
    (SELECT f.id FROM requests AS f WHERE f.seq = r.first_seq) AS first_id
  FROM requests AS r LEFT JOIN endpoints AS e ON e.id = r.endpoint_id LEFT JOIN request_notes AS n ON n.seq = r.seq`;
const noBytes = new Uint8Array(0);

function toRawHead(row: RequestColumns): Omit<RawRequest, 'body'> {
  const headers: HeaderList = readHeaders(row.headers) ?? [];
  return {
    method: row.method,
    url: row.url,
    httpVersion: row.http_version,
    headers,
    remoteIp: row.remote_ip,
    receivedAt: row.received_at,
    ...(row.sealed === null ? {} : { sealed: row.sealed }),
  };
}

/** The reads of requests. */
export function readRequests(sql: Sql) {
  function toRequest(row: RequestColumns): RequestRow {
    return {
      seq: row.seq,
      id: row.id,
      endpointId: row.endpoint_id,
      endpointName: row.endpoint_name ?? '',
      raw: toRawHead(row),
      bodySize: row.body_size,
      storedBodySize: row.stored_body_size,
      clientIp: row.client_ip,
      verdict: verdictSchema.parse(row.verdict),
      reason: row.reason,
      reasonText: row.reason_text,
      stages: readStages(row.stages) ?? [],
      status: row.status,
      replyHeaders: readTextMap(row.reply_headers),
      replyBody: row.reply_body,
      durationMs: row.duration_ms,
      drift: row.drift,
      dedupeKey: row.dedupe_key,
      triage: row.triage === null ? null : triageSchema.parse(row.triage),
      isReplay: row.replay_of !== null,
      replayOf: row.replay_of,
      firstRequestId: row.first_id,
      runs:
        row.first_seq === null
          ? runsOfRequest(sql, row.seq, row.resumed_run_id)
          : runsOfFirst(sql, row.first_seq),
    };
  }

  function select(conditions: Conditions, limit: number): Page<RequestRow> {
    const rows = sql.all<RequestColumns>(
      `${selectRequests} ${conditions.where} ORDER BY r.seq DESC LIMIT ?`,
      ...conditions.values,
      limit + 1,
    );
    return toPage(rows, limit, toRequest);
  }

  function body(id: string): Uint8Array | undefined {
    const row = sql.get<{ body: Uint8Array | null }>(
      'SELECT b.body FROM requests AS r LEFT JOIN request_bodies AS b ON b.seq = r.seq WHERE r.id = ?',
      id,
    );
    return row === undefined ? undefined : (row.body ?? noBytes);
  }

  /** A text that is an id finds the request of that id alone. */
  function named({ q = '' }: RequestQuery): Page<RequestRow> | undefined {
    const row = q === '' ? undefined : head(q);
    return row && { items: [toRequest(row)], nextCursor: null };
  }

  function toFound({ seqs, nextBelow }: Found): Page<RequestRow> {
    const rows = sql.all<RequestColumns>(
      `${selectRequests} WHERE r.seq IN (SELECT value FROM json_each(?)) ORDER BY r.seq DESC`,
      JSON.stringify(seqs),
    );
    return { items: rows.map(toRequest), nextCursor: nextBelow === null ? null : String(nextBelow) };
  }

  function head(id: string): RequestColumns | undefined {
    return sql.get<RequestColumns>(`${selectRequests} WHERE r.id = ?`, id);
  }

  return {
    /**
     * Newest first. Wait for `store.drain()` before, so that refusals just made are in it. A page is full while there is
     * more, but where 200,000 requests in a row look as if they fitted and do not, or 20,000 when the text has less than
     * three characters: then it is short, with a cursor. Not for people's own filters, which `find` is for.
     */
    list(query: RequestQuery): Page<RequestRow> {
      const known = named(query);
      if (known !== undefined) return known;
      return toFound(walkNow(walkRequests(sql, query)));
    },
    /** The same, with pauses in which others have their turn: it answers while a rare thing is looked for. */
    async find(query: RequestQuery): Promise<Page<RequestRow>> {
      const known = named(query);
      if (known !== undefined) return known;
      return toFound(await walkInTurns(walkRequests(sql, query)));
    },
    byId(id: string): RequestRow | undefined {
      const row = head(id);
      return row === undefined ? undefined : toRequest(row);
    },
    /** Later deliveries of the same key: duplicates of this one, and those whose body was another. Oldest first. */
    twins: (id: string): readonly RequestTwin[] => twinsOf(sql, id),
    /** What came of sending it again last. */
    lastRepeat: (id: string): LastRepeat | undefined => lastRepeatOf(sql, id),
    /** The bytes as received (cut at 64 KiB for a refused one); empty when there were none. */
    body,
    /** The whole request as it was received, to be judged or sent again. */
    raw(id: string): RawRequest | undefined {
      const row = head(id);
      return row === undefined ? undefined : { ...toRawHead(row), body: body(id) ?? noBytes };
    },
    /** Failed triggers (SPEC 2), newest first; without `state` all of them. */
    failed(
      query: PageQuery & {
        readonly state?: Triage | undefined;
        readonly reason?: string | undefined;
        readonly endpointId?: string | undefined;
      },
    ): Page<RequestRow> {
      const conditions = new Conditions()
        .add('r.triage IS NOT NULL')
        .add('r.seq < ?', cursorSeq(query.cursor))
        .addIf('r.triage = ?', query.state)
        .addIf('r.reason = ?', query.reason)
        .addIf('r.endpoint_id = ?', query.endpointId);
      return select(conditions, query.limit);
    },
    /** Open failed triggers by cause and endpoint, those with the newest first. */
    failedGroups: (): readonly FailedGroup[] =>
      sql
        .all<GroupColumns>(
          `SELECT reason, endpoint_id, count(*) AS n, count(DISTINCT client_ip) AS callers,
             min(received_at) AS first, max(received_at) AS last
           FROM requests WHERE triage = 'open' AND triage IS NOT NULL GROUP BY reason, endpoint_id ORDER BY last DESC`,
        )
        .map((group) => ({
          reason: group.reason ?? 'internal',
          endpointId: group.endpoint_id,
          count: group.n,
          callers: group.callers,
          firstAt: group.first,
          lastAt: group.last,
          sampleText:
            sql.get<{ text: string | null }>(
              `SELECT reason_text AS text FROM requests WHERE triage = 'open' AND triage IS NOT NULL
               AND reason IS ? AND endpoint_id = ? ORDER BY received_at DESC LIMIT 1`,
              group.reason,
              group.endpoint_id,
            )?.text ?? null,
        })),
    countFailedOpen: (): number =>
      sql.get<{ n: number }>(
        "SELECT count(*) AS n FROM requests WHERE triage = 'open' AND triage IS NOT NULL",
      )?.n ?? 0,
  };
}
