/**
 * An endpoint made ready to judge requests: everything that follows from the configuration alone is found out once here,
 * not with every request. A configuration that can not be used makes a route that refuses, never one that lets pass.
 */
import { validateHeaderValue } from 'node:http';
import { AppError, toAppError } from '../../../shared/errors.ts';
import type { SecretValues } from '../../../shared/fields.ts';
import type { WorkflowDocument } from '../../../shared/model/document.ts';
import {
  responseSchema,
  type EndpointSettings,
  type ResponseSettings,
  type WebhookConfig,
} from '../../../shared/model/endpoint.ts';
import { type SampleShape, withSample } from '../../../shared/model/sample.ts';
import { type CredentialNames, credentialNames } from '../../base/credentials.ts';
import { readAllowList, type AllowList } from '../../auth/allow-list.ts';
import { resolveAuth, type ResolvedAuth } from '../../auth/registry.ts';
import type { SampleRow } from '../../store/samples-read.ts';
import type { EndpointRow } from '../../store/types.ts';
import { methodsOf, styleOf } from '../../styles/registry.ts';
import type { StyleBehaviour } from '../../styles/style.ts';
import { type SampleRules, sampleRules } from '../sample/meaningful.ts';

/** Bytes of a body when the endpoint does not say (SPEC 4.6). */
const defaultMaxBodyBytes = 1_048_576;

/** A webhook node of a live workflow that is reached through an endpoint. */
export interface RouteTarget {
  readonly workflowId: string;
  readonly version: number;
  readonly document: WorkflowDocument;
  readonly nodeId: string;
  /** `start`: begins runs. `wait`: runs pause there. `pass`: has an incoming edge and does not wait. */
  readonly role: 'start' | 'wait' | 'pass';
  readonly config: WebhookConfig;
}

/** Why an endpoint answers 404 although it exists; told to the inspector only. */
export type Closed = 'deactivated' | 'not_live';

export interface Route {
  readonly endpoint: Pick<EndpointRow, 'id' | 'name' | 'path'>;
  readonly closed: Closed | undefined;
  readonly style: StyleBehaviour;
  readonly settings: EndpointSettings;
  readonly response: ResponseSettings;
  readonly methods: ReadonlySet<string>;
  /** Value of the `Allow` header. */
  readonly allow: string;
  readonly maxBodyBytes: number;
  readonly targets: readonly RouteTarget[];
  /** Undefined: every address may call. */
  readonly allowList: AllowList | undefined;
  readonly auth: ResolvedAuth;
  /** Where callers present credentials, which are not stored in the clear. */
  readonly credentials: CredentialNames;
  /** @throws AppError `endpoint_misconfigured` */
  secretsAt(now: number): readonly SecretValues[];
  /** What is known of the endpoint's sample. */
  readonly sample?: RouteSample | undefined;
  /** sha256 of the token, for a run's own resume URL. */
  readonly resumeToken?: string;
  /** How long a delivery on a resume URL is held for its run to be there. */
  readonly resumeHoldMs?: number;
}

/** The sample of an endpoint, as far as requests are judged by it (SPEC 6). */
export interface RouteSample {
  /** The next genuine GET or POST before this instant becomes the sample. */
  readonly listeningUntil: number | null;
  /** Its form; null while there is none. */
  readonly shape: SampleShape | null;
  readonly rules: SampleRules;
}

/** What a route is made of. `settings`: of the live configuration, else of the draft; undefined when neither says anything. */
export interface RouteParts {
  readonly endpoint: Pick<EndpointRow, 'id' | 'name' | 'path' | 'style'>;
  readonly closed: Closed | undefined;
  readonly settings: EndpointSettings | undefined;
  readonly sample?: SampleRow | undefined;
  readonly targets: readonly RouteTarget[];
  secretsAt(now: number): readonly SecretValues[];
}

/** A judge for endpoints whose configuration can not be used: always `endpoint_misconfigured`. */
function brokenAuth(fault: AppError): ResolvedAuth {
  const { scheme } = resolveAuth({ scheme: 'none' });
  const verify = () => {
    throw new AppError({ code: 'endpoint_misconfigured', reason: fault.message, cause: fault });
  };
  return { scheme: { definition: scheme.definition, verify }, settings: {} };
}

/** Where callers of an endpoint present credentials. */
export function credentialsOf(settings: EndpointSettings): CredentialNames {
  try {
    const auth = resolveAuth(settings.auth ?? styleOf(settings.style).definition.defaultAuth);
    const { headers, query } = auth.scheme.presents?.(auth.settings) ?? { headers: [], query: [] };
    return credentialNames(headers, query);
  } catch {
    return credentialNames([], []);
  }
}

/** An allow list nobody is on. */
const nobody: AllowList = { has: () => false };

/** Compiles a route; never throws. */
export function compileRoute(parts: RouteParts): Route {
  const { endpoint, closed, targets, secretsAt, sample } = parts;
  const settings = withSample(parts.settings ?? { style: endpoint.style }, sample);
  const style = styleOf(settings.style);
  const methods = methodsOf(settings);
  let auth: ResolvedAuth;
  let allowList: AllowList | undefined;
  const response = settings.response ?? responseSchema.parse({});
  try {
    // Found out before a run was started, not when its answer can not be sent.
    for (const [name, value] of Object.entries(response.headers)) validateHeaderValue(name, value);
    auth = resolveAuth(settings.auth ?? style.definition.defaultAuth);
    if (settings.ipAllow !== undefined) allowList = readAllowList(settings.ipAllow);
  } catch (thrown) {
    auth = brokenAuth(toAppError(thrown));
    if (settings.ipAllow !== undefined) allowList = nobody;
  }
  const credentials = credentialsOf(settings);
  return {
    endpoint,
    closed,
    style,
    settings,
    response,
    methods: new Set(methods),
    allow: methods.includes('GET') ? [...methods, 'HEAD'].join(', ') : methods.join(', '),
    maxBodyBytes: settings.maxBodyBytes ?? defaultMaxBodyBytes,
    targets,
    allowList,
    auth,
    credentials,
    secretsAt,
    ...(sample === undefined
      ? {}
      : {
          sample: {
            listeningUntil: sample.listeningUntil,
            shape: sample.shape,
            rules: sampleRules(style, settings, credentials),
          },
        }),
  };
}
