/**
 * The face of an endpoint style: which URL it has, how its body is understood, and what a request asks for (SPEC 3).
 * A style is plain data and a few pure functions; auth, limits and replies are the endpoint's own settings.
 */
import type { StyleDefinition } from '../../shared/model/catalog.ts';
import type { Target } from '../../shared/model/run.ts';

/** Where an endpoint stands, for its URL. A shared source belongs to no workflow and no node. */
export interface StylePlace {
  readonly endpointId: string;
  readonly workflowId: string | null;
  readonly workflowSlug: string | null;
  readonly nodeId: string | null;
  /** The project's name; its slug stands in URLs. */
  readonly project: string;
  /** The `slug` setting of the endpoint; wins wherever a slug stands in the URL. */
  readonly slug?: string | undefined;
  /** The name of a shared source. */
  readonly name?: string | undefined;
  /** Whether an earlier webhook node of the same workflow and style has the workflow's plain URL already. */
  readonly isFurther?: boolean | undefined;
}

/** `start`: an edge-less node begins a run. `wait`: a node in the middle resumes one. */
export type StyleRole = 'start' | 'wait';

/** What a request asks for. */
export type StyleIntent =
  /** Start a run, for a record where one is named. */
  | { readonly kind: 'start'; readonly target: Target | null }
  /** Resume the run of this record that waits at the node. */
  | { readonly kind: 'resume'; readonly target: Target }
  /** Start, or resume by the correlation of the node, as its role says. */
  | { readonly kind: 'byCorrelation' };

/**
 * How the body becomes a payload: `byType` as its content type says (SPEC 4.9); `json` always as JSON, whatever type
 * was named; `jsonOrText` as JSON where it is valid, else as text, unless a JSON type promised JSON.
 */
export type BodyReading = 'byType' | 'json' | 'jsonOrText';

/** A ready request for people to copy: its body and content type; auth is signed on top. */
export interface SampleRequest {
  readonly method: string;
  readonly contentType: string;
  readonly body: string;
}

export interface StyleBehaviour {
  readonly definition: StyleDefinition;
  readonly reading: BodyReading;
  /** Fields of the body that tell the style what to do, and so are no parameters of a sample. */
  readonly words?: readonly string[];
  /** Whether a field may come in the query as well as in the body: GET and POST are parsed alike. */
  readonly mergesQuery?: boolean;
  /** The exact pathname callers use. */
  path(place: StylePlace): string;
  /**
   * What a parsed body asks for.
   * @throws AppError `unknown_action` or `missing_parameter` (validmind)
   */
  intent(payload: unknown, role: StyleRole): StyleIntent;
  /** A body this style understands, for a node of that role. */
  sampleRequest(place: { readonly role: StyleRole; readonly target?: Target }): SampleRequest;
}

/** Styles without words of their own: the node's role and its correlation decide. */
export function intentByRole(_payload: unknown, role: StyleRole): StyleIntent {
  return role === 'start' ? { kind: 'start', target: null } : { kind: 'byCorrelation' };
}

/** The sample body shown where a style has no better one. */
export function plainSample(): SampleRequest {
  return {
    method: 'POST',
    contentType: 'application/json',
    body: '{"event":"order_created","order_id":"12345"}',
  };
}
