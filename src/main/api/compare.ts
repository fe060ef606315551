/** Two captured requests beside each other: what differs in method, URL, headers and body, keys masked (UI, Requests). */
import { hash } from 'node:crypto';
import type { Comparison, NamedChange } from '../../shared/contract/inspector.ts';
import { restoreCredentials } from '../base/credentials.ts';
import { headerValues, type RawRequest } from '../base/raw-request.ts';
import { decodeBody, readEncoding } from '../receiver/body/decode-body.ts';
import { readPairs } from '../receiver/body/named-values.ts';
import type { RequestRow } from '../store/types.ts';
import { compareJson, compareText, comparableBytes, firstDifference } from './body-comparison.ts';
import { type KnownSecrets, maskHeaders, maskQuery, maskText, maskUrl } from './masking.ts';
import type { ApiParts } from './parts.ts';
import { secretsByEndpoint } from './request-view.ts';

/** A name with what it is shown as and what it really was: credentials are compared, never shown. */
interface Entry {
  readonly name: string;
  readonly shown: string;
  readonly real: string;
}

interface Side {
  readonly method: string;
  readonly path: string;
  readonly query: readonly Entry[];
  readonly headers: readonly Entry[];
  readonly body: Uint8Array;
  readonly contentType: string;
  readonly encoding: string | undefined;
}

/** Compares two requests. Never fails on what is in them. */
export async function compareRequests(
  parts: ApiParts,
  leftRow: RequestRow,
  rightRow: RequestRow,
): Promise<Comparison> {
  const secretsOf = secretsByEndpoint(parts);
  const [one, other] = [secretsOf(leftRow.endpointId), secretsOf(rightRow.endpointId)];
  const known: KnownSecrets = {
    names: one.names.union(other.names),
    values: [...new Set([...one.values, ...other.values])],
  };
  const [left, right] = [sideOf(parts, leftRow, known), sideOf(parts, rightRow, known)];
  return {
    method: changed(left.method, right.method),
    path: changed(left.path, right.path),
    query: changesOf(left.query, right.query, (name) => name),
    headers: changesOf(left.headers, right.headers, (name) => name.toLowerCase()),
    body: await compareBodies(left, right, known),
  };
}

function sideOf({ store, vault }: ApiParts, row: RequestRow, known: KnownSecrets): Side {
  const stored: RawRequest = { ...row.raw, body: store.read.requests.body(row.id) ?? new Uint8Array(0) };
  const real = restoreCredentials(stored, vault, row.id);
  const shownHeaders = maskHeaders(stored.headers, known);
  const shownQuery = maskQuery(queryOf(stored), known);
  const realQuery = queryOf(real);
  return {
    method: real.method,
    path: maskUrl(stored.url.split('?', 1).join(''), known),
    headers: shownHeaders.map(([name, shown], at) => ({ name, shown, real: real.headers[at]?.[1] ?? shown })),
    query: shownQuery.map(([name, shown], at) => ({ name, shown, real: realQuery[at]?.[1] ?? shown })),
    body: stored.body,
    contentType: headerValues(stored.headers, 'content-type')[0]?.toLowerCase() ?? '',
    encoding: headerValues(stored.headers, 'content-encoding')[0],
  };
}

function queryOf({ url }: RawRequest): ReadonlyArray<readonly [string, string]> {
  const at = url.indexOf('?');
  return at < 0 ? [] : readPairs(url.slice(at + 1));
}

function changed(left: string, right: string): { left: string; right: string } | null {
  return left === right ? null : { left, right };
}

/** What differs by name; of a name that came more than once, the first is compared with the first and so on. */
function changesOf(
  left: readonly Entry[],
  right: readonly Entry[],
  keyOf: (name: string) => string,
): NamedChange[] {
  const rights = Map.groupBy(right, ({ name }) => keyOf(name));
  const lefts = Map.groupBy(left, ({ name }) => keyOf(name));
  return [...new Set([...lefts.keys(), ...rights.keys()])].flatMap((key) => {
    const [ours, theirs] = [lefts.get(key) ?? [], rights.get(key) ?? []];
    return Array.from({ length: Math.max(ours.length, theirs.length) }).flatMap((_, at) => {
      const [mine, its] = [ours[at], theirs[at]];
      if (mine?.real === its?.real && mine !== undefined) return [];
      return [{ name: (mine ?? its)?.name ?? key, left: mine?.shown ?? null, right: its?.shown ?? null }];
    });
  });
}

async function compareBodies(left: Side, right: Side, known: KnownSecrets): Promise<Comparison['body']> {
  const at = firstDifference(left.body, right.body);
  const facts = {
    same: at === null,
    left: factsOf(left.body),
    right: factsOf(right.body),
    firstDifference: at,
    json: null,
    text: null,
    note: null,
  };
  if (at === null) return facts;
  if (Math.max(left.body.byteLength, right.body.byteLength) > comparableBytes) {
    return { ...facts, note: 'Bodies over 1 MiB are compared by size and hash only.' };
  }
  const [mine, its] = await Promise.all([decoded(left), decoded(right)]);
  const json = compareJson(mine, its, (text) => maskText(text, known));
  if (json !== undefined && json.changes.length > 0) return { ...facts, json };
  const isForm = [left, right].every((side) =>
    side.contentType.startsWith('application/x-www-form-urlencoded'),
  );
  const text = await compareText(mine, its, isForm, (line) => maskText(line, known));
  return typeof text === 'string'
    ? { ...facts, json: json ?? null, note: text }
    : { ...facts, json: json ?? null, text };
}

function factsOf(body: Uint8Array): { size: number; sha256: string } {
  return { size: body.byteLength, sha256: hash('sha256', body) };
}

/** The body out of its content encoding; as received where that can not be taken off. */
async function decoded({ body, encoding }: Side): Promise<Uint8Array> {
  try {
    const name = readEncoding(encoding);
    return name === undefined ? body : await decodeBody(body, name, comparableBytes);
  } catch {
    return body;
  }
}
