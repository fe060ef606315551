/**
 * Captured requests taken out as a file, HAR 1.2 or JSON: written piece by piece, so that neither the file nor the list is
 * ever held whole. Keys and secrets are masked always, in bodies too: files travel further than screens do.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type ExportInput, exportLimit } from '../../shared/contract/inspector.ts';
import type { RequestRow } from '../store/types.ts';
import { harEntry } from './har.ts';
import { maskedBody } from './masked-body.ts';
import { type KnownSecrets, maskBytes } from './masking.ts';
import { callerOrigin } from './origins.ts';
import type { ApiParts } from './parts.ts';
import { requestQuery } from './request-query.ts';
import { secretsByEndpoint, toRequestView } from './request-view.ts';
import { toTime } from './times.ts';

/** Bytes of bodies in one export. */
const mostBytes = 67_108_864;
const pageSize = 100;

export interface ExportPiece {
  readonly text: string;
  /** Requests written until here. */
  readonly count: number;
}

export interface ExportEnd {
  readonly fileName: string;
  readonly contentType: string;
  readonly count: number;
  /** Whether more was asked for than one file holds: 1,000 requests, 64 MiB of bodies. */
  readonly cut: boolean;
}

/** What the file is called and is; the name is ours alone (RELIABILITY M6). */
export function exportFile({ format }: ExportInput, at: number): Pick<ExportEnd, 'fileName' | 'contentType'> {
  const stamp = toTime(at).replace(/[-:]|\.\d+/g, '');
  return { fileName: `requests-${stamp}.${format}`, contentType: 'application/json' };
}

/** Writes the file, newest request first. Stops where the reader stops reading. */
export async function* exportRequests(
  parts: ApiParts,
  input: ExportInput,
): AsyncGenerator<ExportPiece, ExportEnd, void> {
  const { store, clock, version } = parts;
  await store.drain();
  const file = exportFile(input, clock.now());
  const secretsOf = secretsByEndpoint(parts);
  const origin = callerOrigin(parts);
  const frame = input.format === 'har' ? harFrame(version) : jsonFrame(version, clock.now());
  let count = 0;
  let bytes = 0;
  let cut = false;
  yield { text: frame.head, count };
  for await (const row of rowsOf(parts, input)) {
    bytes += row.storedBodySize;
    if (count === exportLimit || (bytes > mostBytes && count > 0)) {
      cut = true;
      break;
    }
    const known = secretsOf(row.endpointId);
    const entry = input.format === 'har' ? harOf(parts, row, known, origin) : jsonOf(parts, row, known);
    count += 1;
    await nextTurn();
    yield { text: (count === 1 ? '\n' : ',\n') + JSON.stringify(entry), count };
  }
  yield { text: frame.tail(cut), count };
  return { ...file, count, cut };
}

/** The chosen requests in the order of history, or those the filters hold for. */
async function* rowsOf({ store }: ApiParts, input: ExportInput): AsyncGenerator<RequestRow, void, void> {
  if (input.ids !== undefined) {
    const rows = [...new Set(input.ids)].flatMap((id) => store.read.requests.byId(id) ?? []);
    yield* rows.toSorted((one, other) => other.seq - one.seq);
    return;
  }
  let cursor: string | null | undefined;
  while (cursor !== null) {
    const page = await store.read.requests.find(requestQuery({ ...input, limit: pageSize, cursor }));
    yield* page.items;
    cursor = page.nextCursor;
    // A search may look at very many: callers are answered between two pages.
    await nextTurn();
  }
}

function harOf(parts: ApiParts, row: RequestRow, known: KnownSecrets, origin: string) {
  const body = maskBytes(parts.store.read.requests.body(row.id) ?? new Uint8Array(0), known);
  return harEntry(viewOf(row, known), body, origin);
}

function jsonOf(parts: ApiParts, row: RequestRow, known: KnownSecrets) {
  const body = parts.store.read.requests.body(row.id) ?? new Uint8Array(0);
  const { twins: _twins, ...view } = viewOf(row, known);
  return { ...view, body: maskedBody(body, known) };
}

/** Twins are left out: each says itself whose twin it is. */
function viewOf(row: RequestRow, known: KnownSecrets) {
  return toRequestView(row, known, []);
}

interface Frame {
  readonly head: string;
  tail(cut: boolean): string;
}

const cutNote = 'Only the newest are here: one file holds 1,000 requests and 64 MiB of bodies.';

function harFrame(version: string): Frame {
  const creator = JSON.stringify({ name: 'Hookyard', version });
  return {
    head: `{"log":{"version":"1.2","creator":${creator},"entries":[`,
    tail: (cut) => `\n]${cut ? `,"comment":${JSON.stringify(cutNote)}` : ''}}}\n`,
  };
}

function jsonFrame(version: string, at: number): Frame {
  return {
    head: `{"hookyard":${JSON.stringify(version)},"exportedAt":${JSON.stringify(toTime(at))},"requests":[`,
    tail: (cut) => `\n],"cut":${cut}}\n`,
  };
}
