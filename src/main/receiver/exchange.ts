/**
 * One request on its way through the stages: what arrived, what the stages found, and the timeline that will be stored with
 * it. The same object carries a request from the wire and a stored one that is judged again.
 */
import type { ExpressionScope } from '../../shared/expression/scope.ts';
import type { StageNote, Verdict } from '../../shared/model/request.ts';
import { newId } from '../base/ids.ts';
import type { RawReply, RawRequest } from '../base/raw-request.ts';
import type { AdmissionPlan } from './admission/admission-plan.ts';
import type { BodySource } from './body/body-source.ts';
import { readPairs } from './body/named-values.ts';
import type { Payload } from './body/read-payload.ts';
import { directNote, type Caller } from './gate/client-ip.ts';
import type { RequestHead } from './head.ts';
import { repeatNote, type Repeat } from './repeat.ts';
import type { Route } from './routes/route.ts';

/** An answer; `body` is sent as it is. */
export type Answer = RawReply;

const noBytes = new Uint8Array(0);

export class Exchange {
  readonly id = newId('req');
  readonly head: RequestHead;
  readonly source: BodySource;
  /** Undefined for a path nobody has. */
  readonly route: Route | undefined;
  readonly repeat: Repeat | undefined;

  caller: Caller;
  /** Bytes as received. */
  body: Uint8Array = noBytes;
  /** Bytes after the content encoding. */
  decoded: Uint8Array = noBytes;
  payload: Payload | undefined;
  params: Readonly<Record<string, unknown>> = {};
  /** JSON text of `params`; null when the endpoint has none. */
  paramsJson: string | null = null;
  /** Headers the answer carries beside its own (CORS, Allow, Retry-After); most have none. */
  extraHeaders: Record<string, string> | undefined;
  /** What is to be done once the answer has left. */
  afterAnswer: (() => void) | undefined;
  /** Whether another request became the sample while this one was judged. */
  cameTooLate = false;
  /** What the request will do, once that is known. */
  plan: AdmissionPlan | undefined;

  /** What becomes of the request when it is not stored by its admission. */
  verdict: Exclude<Verdict, 'accepted' | 'duplicate' | 'held'> = 'rejected';
  reason: string | null = null;
  reasonText: string | null = null;
  /** Whether the admission stored it already, and whether the answer with it. */
  isStored = false;
  isAnswerStored = false;

  /** The timeline so far. */
  readonly stages: StageNote[] = [];
  /** The stage that is under way, and a sentence for it. */
  stage = '';
  note: string | undefined;

  readonly #startedAt = performance.now();
  #query: ReadonlyArray<readonly [string, string]> | undefined;
  #scope: ExpressionScope | undefined;

  constructor(head: RequestHead, source: BodySource, route: Route | undefined, repeat?: Repeat) {
    this.head = head;
    this.source = source;
    this.route = route;
    this.repeat = repeat;
    this.caller = { text: head.raw.remoteIp, address: undefined, note: directNote };
    if (repeat !== undefined) this.stages.push(repeatNote(repeat));
  }

  /** Milliseconds since the head was read, to a tenth. */
  get elapsedMs(): number {
    return Math.round((performance.now() - this.#startedAt) * 10) / 10;
  }

  /** Query parameters, decoded. */
  get query(): ReadonlyArray<readonly [string, string]> {
    this.#query ??= readPairs(this.head.search);
    return this.#query;
  }

  /** The whole request as received; complete once the body was read. */
  get raw(): RawRequest {
    const { method, url, httpVersion, headers, remoteIp, receivedAt } = this.head.raw;
    return { method, url, httpVersion, headers, body: this.body, remoteIp, receivedAt };
  }

  /** The trigger scope (SPEC 7), built when first asked for after the parameters are known. */
  scope(build: (exchange: Exchange) => ExpressionScope): ExpressionScope {
    this.#scope ??= build(this);
    return this.#scope;
  }

  /** Adds a header to whatever the answer will be. */
  addHeader(name: string, value: string): void {
    this.extraHeaders = { ...this.extraHeaders, [name]: value };
  }

  /** Puts the stage under way on the timeline; one that had nothing to say is left out. */
  passed(): void {
    const { note, stage } = this;
    if (note === undefined) return;
    this.stages.push({ stage, atMs: this.elapsedMs, ok: true, note });
    this.note = undefined;
  }

  /** Closes the timeline with the stage under way, which ended it badly. */
  failed(note: string): void {
    this.stages.push({ stage: this.stage, atMs: this.elapsedMs, ok: false, note });
  }
}

/** The route of an exchange past the route stage. */
export function routeOf(exchange: Exchange): Route {
  if (exchange.route === undefined) throw new Error('A stage behind the route stage ran without a route.');
  return exchange.route;
}
