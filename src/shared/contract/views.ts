/**
 * What the api shows of each object: the shapes `/v1`, the desktop window and the browser all see (SPEC 11).
 * Times are ISO 8601 UTC texts; secrets are masked. Longer than 300 lines: it is one vocabulary, read from top to bottom.
 */
import { z } from 'zod';
import { fieldTypes } from '../model/record-values.ts';
import { documentSchema, issueSchema } from '../model/document.ts';
import { endpointSettingsSchema, endpointStateSchema, styleSchema } from '../model/endpoint.ts';
import {
  headerListSchema,
  repeatMarkSchema,
  stageNoteSchema,
  triageSchema,
  verdictSchema,
} from '../model/request.ts';
import {
  logLineSchema,
  runEditsSchema,
  runErrorSchema,
  runStatusSchema,
  runTestSchema,
  stepStatusSchema,
  targetSchema,
} from '../model/run.ts';

/** ISO 8601 UTC, e.g. `2026-03-23T15:30:00.000Z`. */
export const timeSchema = z.string();

export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(200).optional(),
} as const;

/** How a short list is asked for: whole, unless a limit is given. */
export const wholeListQuery = {
  limit: z.coerce.number().int().min(1).max(500).optional(),
  cursor: z.string().max(200).optional(),
} as const;
export interface WholeListQuery {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** A page of a list, newest first. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** Headers and a body a caller needs, for people to copy. */
export const endpointRefSchema = z.object({
  nodeId: z.string(),
  id: z.string(),
  url: z.string(),
  style: styleSchema,
  state: z.enum(['active', 'deactivated']),
});

export const workflowSchema = z.object({
  ...documentSchema.shape,
  nodes: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      name: z.string(),
      position: z.object({ x: z.number(), y: z.number() }),
      config: z.record(z.string(), z.unknown()),
    }),
  ),
  id: z.string(),
  slug: z.string(),
  enabled: z.boolean(),
  activeVersion: z.number().int().nullable(),
  latestVersion: z.number().int().nullable(),
  /** Whether the draft differs from the newest version. */
  changed: z.boolean(),
  /** No run of it begins; what comes is accepted and its runs are queued until it goes on. */
  paused: z.boolean(),
  endpoints: z.array(endpointRefSchema),
  createdAt: timeSchema,
  updatedAt: timeSchema,
});
export type WorkflowView = z.infer<typeof workflowSchema>;

export const workflowSummarySchema = workflowSchema.extend({
  /** How runs start: kinds of the start nodes, e.g. `webhook`. */
  startKinds: z.array(z.string()),
  lastRun: z.object({ id: z.string(), status: runStatusSchema, at: timeSchema }).nullable(),
  /** Runs of the last 24 hours. */
  recent: z.object({ runs: z.number().int(), failed: z.number().int() }),
  /** Runs that wait for it to go on, or for others of it to end (`settings.concurrency`). */
  heldRuns: z.number().int(),
});
export type WorkflowSummary = z.infer<typeof workflowSummarySchema>;

export const versionSchema = z.object({
  version: z.number().int(),
  note: z.string(),
  createdAt: timeSchema,
  active: z.boolean(),
  liveRuns: z.number().int(),
});
export type VersionView = z.infer<typeof versionSchema>;

/** `issues` keep a document from being committed; `warnings` do not. */
export const checkResultSchema = z.object({ issues: z.array(issueSchema), warnings: z.array(issueSchema) });

export const stepViewSchema = z.object({
  nodeId: z.string(),
  name: z.string(),
  type: z.string(),
  status: stepStatusSchema,
  attempt: z.number().int(),
  input: z.unknown(),
  output: z.unknown(),
  error: runErrorSchema.nullable(),
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
  /** Port it left by; null for the ordinary one or when it has not. */
  port: z.string().nullable(),
  logs: z.array(logLineSchema),
  /** Failed tries before the present one, oldest first; `at`: when a try ended. */
  failures: z.array(
    z.object({
      attempt: z.number().int(),
      error: runErrorSchema,
      startedAt: timeSchema.nullable(),
      at: timeSchema,
    }),
  ),
  waitingFor: z.string().nullable(),
  dueAt: timeSchema.nullable(),
  /** Which round of the loops around it, from 0, the outermost loop first; absent outside of loops. */
  iteration: z.array(z.number().int()).optional(),
});
export type StepView = z.infer<typeof stepViewSchema>;

/** What started a run. */
export const runTriggerSchema = z.enum([
  'webhook',
  'manual',
  'api',
  'schedule',
  'workflow',
  'failure',
  'retry',
  'test',
]);
export type RunTrigger = z.infer<typeof runTriggerSchema>;

/** Something a run waits for. */
export const runWaitSchema = z.object({
  nodeId: z.string(),
  name: z.string(),
  kind: z.enum(['webhook', 'approval', 'workflow', 'delay', 'loop', 'join']),
  sentence: z.string(),
  since: timeSchema.nullable(),
  /** When the wait ends by itself: the end of a delay, or a time-out. */
  until: timeSchema.nullable(),
  /** Of a webhook. */
  resumeUrl: z.string().nullable(),
  /** The run that is waited for. */
  childRunId: z.string().nullable(),
  approvalId: z.string().nullable(),
  /** The command that resumes it; null where nobody can. */
  curl: z.string().nullable(),
});
export type RunWait = z.infer<typeof runWaitSchema>;

const runCore = {
  id: z.string(),
  workflowId: z.string(),
  workflowName: z.string(),
  /** 0: a draft, of a test run. */
  version: z.number().int(),
  status: runStatusSchema,
  target: targetSchema.nullable(),
  error: runErrorSchema.nullable(),
  /** A try of one of its outward steps was cut off: nobody knows whether it happened. */
  inDoubt: z.boolean(),
  createdAt: timeSchema,
  startedAt: timeSchema.nullable(),
  finishedAt: timeSchema.nullable(),
  waitingFor: z.string().nullable(),
  /** The captured request that started it; null for manual and API starts. */
  requestId: z.string().nullable(),
  startNodeId: z.string(),
  trigger: runTriggerSchema,
  /** The step that made it, or the one whose failure it is told. */
  parent: z.object({ runId: z.string(), nodeId: z.string() }).nullable(),
  /** The run this one repeats, and what was edited before. */
  retryOf: z.string().nullable(),
  edits: runEditsSchema.nullable(),
  /** Null: a live run. `pinned`: steps that are not done, as an output stands for them. */
  test: runTestSchema
    .omit({ outputs: true })
    .extend({ pinned: z.array(z.string()) })
    .nullable(),
} as const;

export const runSummarySchema = z.object(runCore);
export type RunSummary = z.infer<typeof runSummarySchema>;

/** The run object of SPEC 11. */
export const runSchema = z.object({
  ...runCore,
  input: z.unknown(),
  output: z.unknown(),
  steps: z.array(stepViewSchema),
  /** URL that resumes a waiting run, where one waits for a webhook. */
  resumeUrl: z.string().nullable(),
  /** Everything it waits for now, the oldest first. */
  waits: z.array(runWaitSchema),
  /** Runs it made, the oldest first. */
  children: z.array(
    z.object({
      runId: z.string(),
      workflowId: z.string(),
      workflowName: z.string(),
      nodeId: z.string(),
      status: runStatusSchema,
      trigger: runTriggerSchema,
      /** The step waits for its end. */
      awaited: z.boolean(),
    }),
  ),
});
export type RunView = z.infer<typeof runSchema>;

export const endpointSchema = z.object({
  id: z.string(),
  kind: z.enum(['dedicated', 'shared']),
  name: z.string(),
  description: z.string(),
  style: styleSchema,
  state: endpointStateSchema,
  /** Active and, for a dedicated one, its workflow live: what a caller meets. */
  live: z.boolean(),
  /** Without the key, even where the style carries it in the URL. */
  url: z.string(),
  path: z.string(),
  methods: z.array(z.string()),
  workflowId: z.string().nullable(),
  nodeId: z.string().nullable(),
  /** Workflows it starts or resumes. */
  workflows: z.array(z.object({ id: z.string(), name: z.string(), version: z.number().int().nullable() })),
  project: z.string(),
  /** Secrets in `auth` are masked. Dedicated endpoints: those of the live version, or the draft's while none is. */
  settings: endpointSettingsSchema.partial(),
  secrets: z.array(
    z.object({
      field: z.string(),
      setAt: timeSchema,
      previousValidUntil: timeSchema.nullable(),
      previousUsedAt: timeSchema.nullable(),
      /** False: the key it was encrypted with is not here; set it again. */
      isReadable: z.boolean(),
      /** What is weak about a secret somebody chose, in a sentence. */
      warning: z.string().nullable(),
    }),
  ),
  lastRequestAt: timeSchema.nullable(),
  /** Requests of the last 24 hours. */
  recent: z.object({
    accepted: z.number().int(),
    duplicates: z.number().int(),
    rejected: z.number().int(),
  }),
  /** How long it may be quiet, and whether it is for longer; null without an alarm, or while it is not live. */
  silence: z
    .object({
      alarmHours: z.number(),
      /** The newest request that was not refused. */
      lastRequestAt: timeSchema.nullable(),
      isSilent: z.boolean(),
      /** While it is silent: since when nothing came. */
      since: timeSchema.nullable(),
    })
    .nullable(),
  /** Callers wait nearly as long as their sender does, or longer; null while all is well or nobody waits. */
  coach: z
    .object({
      p95Ms: z.number().int(),
      deadlineMs: z.number().int(),
      sender: z.string(),
      sentence: z.string(),
    })
    .nullable(),
  /** Until when the next genuine request becomes the sample; null when nobody listens. */
  listeningUntil: timeSchema.nullable(),
  /** Since when requests differ from the sample; null while they do not. */
  driftSince: timeSchema.nullable(),
  /** Anyone who knows the URL may call. */
  open: z.boolean(),
  /** A genuine call passes again when somebody who has seen it sends it again. */
  replayable: z.boolean(),
  createdAt: timeSchema,
  updatedAt: timeSchema,
});
export type EndpointView = z.infer<typeof endpointSchema>;

export const requestSummarySchema = z.object({
  id: z.string(),
  seq: z.number().int(),
  endpointId: z.string(),
  endpointName: z.string(),
  method: z.string(),
  /** Target as sent, keys in the query masked. */
  url: z.string(),
  receivedAt: timeSchema,
  verdict: verdictSchema,
  reason: z.string().nullable(),
  reasonText: z.string().nullable(),
  status: z.number().int().nullable(),
  bodySize: z.number().int(),
  durationMs: z.number().nullable(),
  clientIp: z.string(),
  isReplay: z.boolean(),
  /** Of a duplicate: the first delivery of its key, while it is kept. */
  firstRequestId: z.string().nullable(),
  triage: triageSchema.nullable(),
  /** Fields that differ from the sample of its endpoint, as noticed when it came; null where none was noticed. */
  drift: z.number().int().nullable(),
  runs: z.array(z.object({ id: z.string(), workflowId: z.string(), status: runStatusSchema })),
});
export type RequestSummary = z.infer<typeof requestSummarySchema>;

/** A request that did not start or resume what it should have (SPEC 2): the request, its cause and its state. */
export const failedTriggerSchema = requestSummarySchema.extend({
  state: triageSchema,
  /** Why, in a sentence. */
  cause: z.string(),
  requestId: z.string(),
  /** What came of the last retry: one that failed again leaves it open, with the cause of today. */
  lastRetry: z
    .object({
      requestId: z.string(),
      at: timeSchema,
      status: z.number().int().nullable(),
      taken: z.boolean(),
      reason: z.string().nullable(),
      cause: z.string().nullable(),
    })
    .nullable(),
});
export type FailedTrigger = z.infer<typeof failedTriggerSchema>;

export const requestSchema = requestSummarySchema.extend({
  httpVersion: z.string(),
  /** As sent; values of secret headers masked. */
  headers: headerListSchema,
  query: headerListSchema,
  remoteIp: z.string(),
  /** How the client's address is known: which header and hop told it, or why it can not be told. */
  clientIpNote: z.string(),
  stages: z.array(stageNoteSchema.omit({ repeat: true })),
  reply: z
    .object({ status: z.number().int(), headers: z.record(z.string(), z.string()), body: z.string() })
    .nullable(),
  dedupeKey: z.string().nullable(),
  /** Of a request sent again: which one it repeats, and how it was made. */
  replay: repeatMarkSchema.extend({ of: z.string(), freshAt: timeSchema.nullable() }).nullable(),
  /** Later deliveries of the same key, oldest first, at most 100. */
  twins: z.array(z.object({ id: z.string(), receivedAt: timeSchema, verdict: verdictSchema })),
  contentType: z.string().nullable(),
  /** Bytes kept; smaller than bodySize for refused requests over 64 KiB. */
  storedBodySize: z.number().int(),
});
export type RequestView = z.infer<typeof requestSchema>;

/** A body for showing: text where it is UTF-8, else base64. */
export const bodyViewSchema = z.object({
  size: z.number().int(),
  encoding: z.enum(['utf8', 'base64']),
  data: z.string(),
  /** Whether `data` is only the beginning. */
  truncated: z.boolean(),
});
export type BodyView = z.infer<typeof bodyViewSchema>;

export const failureGroupSchema = z.object({
  reason: z.string(),
  /** The cause in plain words. */
  title: z.string(),
  /** What likely mends it. */
  mending: z.string(),
  endpointId: z.string(),
  endpointName: z.string(),
  count: z.number().int(),
  /** Addresses they came from. */
  callers: z.number().int(),
  /** The sentence of the newest of them. */
  example: z.string().nullable(),
  firstAt: timeSchema,
  lastAt: timeSchema,
});
export type FailureGroup = z.infer<typeof failureGroupSchema>;

export const entitySchema = z.object({
  name: z.string(),
  fields: z.array(
    z.object({
      name: z.string(),
      type: z.enum(fieldTypes),
      required: z.boolean().optional(),
      unique: z.boolean().optional(),
      default: z.unknown().optional(),
      /** What a `select` offers. */
      options: z.array(z.string()).optional(),
      /** Whose records a `reference` names. */
      entity: z.string().optional(),
    }),
  ),
  count: z.number().int(),
  createdAt: timeSchema,
});
export type EntityView = z.infer<typeof entitySchema>;

export const recordSchema = z.object({
  cuid: z.string(),
  entity: z.string(),
  data: z.record(z.string(), z.unknown()),
  createdAt: timeSchema,
  updatedAt: timeSchema,
});
export type RecordView = z.infer<typeof recordSchema>;

export const secretSchema = z.object({
  name: z.string(),
  hint: z.string(),
  hosts: z.array(z.string()),
  createdAt: timeSchema,
  updatedAt: timeSchema,
});
export type SecretView = z.infer<typeof secretSchema>;

export const scopeSchema = z.enum(['read', 'run', 'admin']);
export type Scope = z.infer<typeof scopeSchema>;

export const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  hint: z.string(),
  scopes: z.array(scopeSchema),
  createdAt: timeSchema,
  lastUsedAt: timeSchema.nullable(),
});
export type TokenView = z.infer<typeof tokenSchema>;

/** Where callers reach the receiver; the interface lets people choose which URL to show. */
export const addressesSchema = z.object({
  local: z.string(),
  /** `http://<address>:<port>` per LAN interface; empty while bound to loopback only. */
  lan: z.array(z.string()),
  public: z.string().nullable(),
});

/** Something about an endpoint that somebody should look at. */
export const alarmSchema = z.object({
  /** `silence`: nothing came for too long. `misconfigured`: every call is answered 503. `clock`: it may be wrong. */
  kind: z.enum(['silence', 'misconfigured', 'clock']),
  endpointId: z.string(),
  endpointName: z.string(),
  /** Since when; null where nobody knows. */
  since: timeSchema.nullable(),
  /** What is wrong and what mends it. */
  sentence: z.string(),
});
export type AlarmView = z.infer<typeof alarmSchema>;

export const statusSchema = z.object({
  version: z.string(),
  uptimeSeconds: z.number(),
  queueDepth: z.number().int(),
  waitingRuns: z.number().int(),
  counts: z.object({
    workflows: z.number().int(),
    endpoints: z.number().int(),
    requests: z.number().int(),
    runs: z.number().int(),
    failedTriggers: z.number().int(),
    records: z.number().int(),
  }),
  disk: z.object({ databaseBytes: z.number().int(), freeBytes: z.number().int().nullable() }),
  /** When retention last deleted something, and how much; null before the first time. */
  pruning: z.object({ at: timeSchema, requests: z.number().int(), runs: z.number().int() }).nullable(),
  lastError: z.object({ at: timeSchema, message: z.string() }).nullable(),
  receiver: z.object({
    listening: z.boolean(),
    host: z.string(),
    port: z.number().int(),
    /** Why it does not listen, and what mends it. */
    error: z.string().nullable(),
    addresses: addressesSchema,
  }),
  /** What should be looked at, the oldest first. */
  alarms: z.array(alarmSchema),
  /** Accepted and refused requests of the last minutes, oldest first. */
  requestsPerMinute: z.array(z.number().int()),
  dataDir: z.string(),
  vault: z.string(),
});
export type StatusView = z.infer<typeof statusSchema>;

/** How much of history is kept (SPEC 12). Open failed triggers and unfinished runs with their requests always are. */
export const retentionSchema = z.object({
  /** Requests older than this go with the runs they started; so do runs without a request. */
  days: z.number().int().min(1).max(3_650),
  /** The newest so many of each endpoint stay. */
  requestsPerEndpoint: z.number().int().min(1).max(100_000_000),
  /** The oldest requests go while the database holds more; null: it may grow as it likes. */
  databaseBytes: z.number().int().min(67_108_864).nullable(),
});

export const settingsSchema = z.object({
  receiverHost: z.string(),
  receiverPort: z.number().int().min(0).max(65_535),
  publicUrl: z.string().nullable(),
  trustedHops: z.number().int().min(0).max(10),
  /** Steps under way at once, over all workflows. */
  stepsAtOnce: z.number().int().min(1).max(2_000),
  retention: retentionSchema,
});
export type SettingsView = z.infer<typeof settingsSchema>;
