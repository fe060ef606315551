/**
 * Inputs as the writer takes them: what becomes a JSON column is made text on the main thread. Text crosses between
 * threads several times faster than nested lists, and the writer is the thread everybody waits for.
 */
import type { Verdict } from '../../shared/model/request.ts';
import type { Admission, CapturedRequest, ReplyNote } from './types.ts';

/** A captured request with its JSON columns as text. */
export interface StorableRequest extends Omit<CapturedRequest, 'raw' | 'stages'> {
  readonly method: string;
  readonly url: string;
  readonly httpVersion: string;
  readonly remoteIp: string;
  readonly receivedAt: number;
  readonly headersJson: string;
  readonly sealed: string | null;
  readonly stagesJson: string;
  readonly body: Uint8Array;
}

export interface StorableReply {
  readonly status: number;
  readonly headersJson: string;
  readonly body: string;
}

export interface StorableAdmission extends Omit<Admission, 'request' | 'reply'> {
  readonly request: StorableRequest;
  readonly reply: StorableReply | null;
}

/** A request that was not admitted: refused, or a sample, filtered or a handshake. */
export interface UnadmittedRequest {
  readonly request: CapturedRequest;
  readonly verdict: Exclude<Verdict, 'accepted' | 'duplicate' | 'held'>;
  readonly reason: string | null;
  readonly reasonText: string | null;
  readonly reply: ReplyNote | null;
  readonly durationMs: number | null;
  /** Bytes received, where they are more than `request.raw.body` holds. */
  readonly bodySize: number;
  /** Fields in which it differs from the sample; none when none was noticed. */
  readonly drift?: number | null;
}

export interface StorableUnadmitted extends Omit<UnadmittedRequest, 'request' | 'reply'> {
  readonly request: StorableRequest;
  readonly reply: StorableReply | null;
}

/** What is learned about a stored request once it was answered. */
export interface LaterNote {
  readonly id: string;
  /** Null: the answer is the one stored with the admission. */
  readonly reply: ReplyNote | null;
  readonly durationMs: number;
  /** Fields in which it differs from the sample; none when none was noticed. */
  readonly drift?: number | null;
}

export interface StorableNote extends Omit<LaterNote, 'reply'> {
  readonly reply: StorableReply | null;
}

/** Bytes kept of a refused request's body (SPEC 12). */
const refusedBodyBytes = 65_536;

function encodeRequest(request: CapturedRequest, body = request.raw.body): StorableRequest {
  const { raw } = request;
  return {
    id: request.id,
    endpointId: request.endpointId,
    clientIp: request.clientIp,
    replayOf: request.replayOf,
    method: raw.method,
    url: raw.url,
    httpVersion: raw.httpVersion,
    remoteIp: raw.remoteIp,
    receivedAt: raw.receivedAt,
    headersJson: JSON.stringify(raw.headers),
    sealed: raw.sealed ?? null,
    stagesJson: JSON.stringify(request.stages),
    body,
  };
}

function encodeReply(reply: ReplyNote | null): StorableReply | null {
  return reply && { status: reply.status, headersJson: JSON.stringify(reply.headers), body: reply.body };
}

export function encodeAdmission(admission: Admission): StorableAdmission {
  return { ...admission, request: encodeRequest(admission.request), reply: encodeReply(admission.reply) };
}

/** Keeps 64 KiB of a refused body, as a copy: a view would keep the whole of it in memory. */
export function encodeUnadmitted(input: UnadmittedRequest): StorableUnadmitted {
  const { body } = input.request.raw;
  const isCut = input.verdict === 'rejected' && body.byteLength > refusedBodyBytes;
  const kept = isCut ? body.slice(0, refusedBodyBytes) : body;
  return { ...input, request: encodeRequest(input.request, kept), reply: encodeReply(input.reply) };
}

export function encodeNotes(notes: readonly LaterNote[]): readonly StorableNote[] {
  return notes.map((note) => ({ ...note, reply: encodeReply(note.reply) }));
}
