/**
 * What crosses the store's face: rows read and operations written, as plain values that can be posted to the writer
 * thread. Instants are epoch ms; JSON columns arrive parsed and checked unless their name ends in `Json`. The file is
 * longer than 300 lines because those who build on the store read it as one page.
 */
import type { ErrorCode } from '../../shared/errors.ts';
import type { WorkflowDocument } from '../../shared/model/document.ts';
import type { EndpointSettings, EndpointState, Style } from '../../shared/model/endpoint.ts';
import type { RecordEffect } from '../../shared/model/record-effect.ts';
import type { FieldRule, RecordData } from '../../shared/model/record-values.ts';
import type { StageNote, Triage, Verdict } from '../../shared/model/request.ts';
import type {
  LogLine,
  RunEdits,
  RunError,
  RunStatus,
  RunTest,
  StepStatus,
  Target,
} from '../../shared/model/run.ts';
import type { RawReply, RawRequest } from '../base/raw-request.ts';

/* ---------- workflows ---------- */

export interface WorkflowRow {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly project: string;
  /** The draft; its own slug and name are those of the row. */
  readonly draft: WorkflowDocument;
  readonly enabled: boolean;
  /** The version that is live; null when none ever was activated. */
  readonly activeVersion: number | null;
  readonly latestVersion: number | null;
  /** Whether the draft differs from the newest version. */
  readonly changed: boolean;
  /** No run of it begins; what comes is accepted and held. */
  readonly paused: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface VersionRow {
  readonly workflowId: string;
  readonly version: number;
  readonly note: string;
  readonly document: WorkflowDocument;
  readonly createdAt: number;
}

/* ---------- endpoints ---------- */

export interface EndpointRow {
  readonly id: string;
  readonly kind: 'dedicated' | 'shared';
  /** Owner of a dedicated endpoint; null for shared ones. */
  readonly workflowId: string | null;
  readonly nodeId: string | null;
  readonly name: string;
  readonly description: string;
  readonly style: Style;
  /** Exact pathname callers use, e.g. `/hooks/order-intake`. Unique. */
  readonly path: string;
  /** Operator's switch. A dedicated endpoint also needs its workflow live (SPEC 2, 4.2). */
  readonly state: EndpointState;
  /** Settings of a shared endpoint; null for dedicated ones, whose settings stand in the workflow's version. */
  readonly settings: EndpointSettings | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** A sealed secret of an endpoint's auth, with the previous one while rotation overlaps. */
export interface EndpointSecretRow {
  readonly endpointId: string;
  /** Field of the auth scheme, e.g. `secret`. */
  readonly field: string;
  readonly sealed: string;
  readonly previousSealed: string | null;
  readonly previousValidUntil: number | null;
  /** When the previous one last opened the door. */
  readonly previousUsedAt: number | null;
  readonly setAt: number;
}

/* ---------- requests ---------- */

export interface RequestRow {
  /** Strictly increasing; the order of history (RELIABILITY P8). */
  readonly seq: number;
  readonly id: string;
  readonly endpointId: string;
  readonly endpointName: string;
  readonly raw: Omit<RawRequest, 'body'>;
  readonly bodySize: number;
  /** Bytes kept: equal to bodySize but for refused requests over 64 KiB. */
  readonly storedBodySize: number;
  readonly clientIp: string;
  readonly verdict: Verdict;
  /** Error code or cause; null when accepted. */
  readonly reason: string | null;
  /** Plain sentence for the inspector; null when accepted. */
  readonly reasonText: string | null;
  readonly stages: readonly StageNote[];
  readonly status: number | null;
  readonly replyHeaders: Readonly<Record<string, string>> | null;
  readonly replyBody: string | null;
  readonly durationMs: number | null;
  /** Fields in which it differs from the sample of its endpoint, as noticed when it came; null: none was noticed. */
  readonly drift: number | null;
  readonly dedupeKey: string | null;
  readonly triage: Triage | null;
  readonly isReplay: boolean;
  /** The request this one repeats. */
  readonly replayOf: string | null;
  /** Of a duplicate: the first delivery, while it is kept. */
  readonly firstRequestId: string | null;
  readonly runs: readonly { readonly id: string; readonly workflowId: string; readonly status: RunStatus }[];
}

/** A request on its way into the store. The writer gives it its seq. */
export interface CapturedRequest {
  readonly id: string;
  readonly endpointId: string;
  readonly raw: RawRequest;
  readonly clientIp: string;
  readonly stages: readonly StageNote[];
  /** The request this one repeats (replay or retry); null for one from outside. */
  readonly replayOf: string | null;
}

/** What was answered, or will be where it is known before the commit. */
export interface ReplyNote {
  readonly status: number;
  readonly headers: RawReply['headers'];
  /** Text of the answer, cut at 64 KiB. */
  readonly body: string;
}

/* ---------- runs and steps ---------- */

export interface RunRow {
  readonly seq: number;
  readonly id: string;
  readonly workflowId: string;
  readonly workflowName: string;
  readonly version: number;
  readonly status: RunStatus;
  /** Start: which node, by which request (null for manual, API). */
  readonly startNodeId: string;
  readonly requestId: string | null;
  /** Payload as JSON text; null means: it is the JSON of the request's body. */
  readonly inputJson: string | null;
  readonly paramsJson: string | null;
  readonly target: Target | null;
  readonly error: RunError | null;
  /** Step whose output is the run's output. */
  readonly lastStepSeq: number | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Why it does not begin: its workflow is paused, or has as many runs under way as it may; null: nothing keeps it. */
  readonly heldBy: 'pause' | 'limit' | null;
  /** A try of one of its outward steps was cut off: nobody knows whether it happened. */
  readonly isInDoubt: boolean;
  /** The run this one repeats. */
  readonly retryOf: string | null;
  /** What was edited before it was repeated. */
  readonly edits: RunEdits | null;
  /** What a test run is to do; null: a live run. */
  readonly test: RunTest | null;
}

export interface StepRow {
  /** Strictly increasing over all runs. */
  readonly seq: number;
  readonly runId: string;
  readonly nodeId: string;
  readonly name: string;
  readonly type: string;
  readonly status: StepStatus;
  /** Tries begun; 0 while queued for the first time. */
  readonly attempt: number;
  /** Resolved config as JSON text, secrets left out; null when there is nothing to show. */
  readonly inputJson: string | null;
  /** JSON text; null = no output. For a webhook step `outputFromRequest` says to derive it from that request. */
  readonly outputJson: string | null;
  readonly outputRequestId: string | null;
  /** Payload of the delivery that resumed this step, as JSON text; null: none, or it is the JSON of its body. */
  readonly resumedInputJson: string | null;
  readonly resumedParamsJson: string | null;
  readonly port: string | null;
  readonly error: RunError | null;
  readonly logs: readonly LogLine[];
  /** Failed tries before the present one. */
  readonly failures: readonly {
    readonly attempt: number;
    readonly error: RunError;
    readonly at: number;
    /** When the try began; absent for those of old. */
    readonly startedAt?: number | undefined;
  }[];
  /** The round of a loop it stands in; null: the run itself. */
  readonly frameSeq: number | null;
  /** What it waits or waited for: a moment, a request, the rounds of a loop, the branches of a join, … */
  readonly waitKind: string | null;
  readonly waitingFor: string | null;
  readonly dueAt: number | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

/** A step due now, with what the engine needs to pick it up. `request` set: a wait was consumed by that request. */
export interface DueStep {
  readonly seq: number;
  readonly runId: string;
  readonly workflowId: string;
  readonly version: number;
  readonly nodeId: string;
  readonly type: string;
  readonly attempt: number;
  readonly dueAt: number;
  readonly resumedByRequestId: string | null;
  /** Payload and parameters of that request; null payload: it is the JSON of its body. */
  readonly resumedInputJson: string | null;
  readonly resumedParamsJson: string | null;
  /** True when what became due is the time-out of a waiting step. */
  readonly isWaitTimeout: boolean;
  /** True when the step slept (`delayed`) and its time has come. */
  readonly isDelayOver: boolean;
  /** True when its last try was cut off by the end of the process (SPEC 9, atMostOnce). */
  readonly isInterrupted: boolean;
  /** The round of a loop it stands in; null: the run itself. */
  readonly frameSeq: number | null;
  /** True for a loop all rounds of which have ended. */
  readonly isLoopOver: boolean;
  /** Of a join: the steps that have arrived, in their order; empty for others. */
  readonly arrivals: readonly number[];
}

/** A join of the graph, as far as the writer must know it: one that can be reached from the step that ends. */
export interface JoinPlan {
  readonly nodeId: string;
  /** `all`: once nothing open can come any more; `any`: at the first arrival, later ones are swallowed. */
  readonly mode: 'all' | 'any';
  /** How long it waits for the other branches after the first, in ms; null: as long as they take. */
  readonly timeoutMs: number | null;
  /** Nodes from which it can be reached. */
  readonly sources: readonly string[];
}

/** A round of a loop, as the steps in it see it. */
export interface FrameRow {
  readonly seq: number;
  /** The frame its loop stands in; null: the run itself. */
  readonly parentSeq: number | null;
  readonly loopStepSeq: number;
  readonly loopNodeId: string;
  readonly loopName: string;
  /** From 0, of `count`. */
  readonly index: number;
  readonly count: number;
  readonly itemJson: string;
}

/** A step to be made when a run starts or another step ends. */
export interface PlannedStep {
  readonly nodeId: string;
  readonly name: string;
  /** Several ways to a `join` make one step: see JoinPlan. */
  readonly type: string;
  readonly dueAt: number;
  /** In a run that repeats another: the kept step, by its old seq, from which the edge leads here. */
  readonly fromStepSeq?: number;
}

/** Where a run comes from that no request started. */
export interface RunOrigin {
  /** `workflow`: a step of another run; `failure`: the failure of another run. */
  readonly kind: 'manual' | 'api' | 'schedule' | 'workflow' | 'failure';
  /** How many runs called one another down to this one; 0: a person, a program or the clock began it. */
  readonly depth: number;
  /** A step waits for its end. */
  readonly awaited: boolean;
}

/** Something the operator is told, in the same commit as the step that tells it. */
export interface NotificationEffect {
  /** `approval`: a question that waits for an answer. */
  readonly kind: 'notify' | 'approval';
  readonly level: 'info' | 'success' | 'warning' | 'error';
  readonly title: string;
  readonly message: string;
}

/** What a step changes of our own beside itself, in its own commit (SPEC 9). */
export type StepEffect =
  | { readonly kind: 'notify'; readonly notification: NotificationEffect }
  /** Makes a run; one that is awaited lets the step go on when it ends. */
  | { readonly kind: 'startRun'; readonly run: PlannedRun };

/** A run to be made, in the same transaction as its request. The start node's step is stored as succeeded. */
export interface PlannedRun {
  readonly id: string;
  readonly workflowId: string;
  readonly version: number;
  readonly startNodeId: string;
  readonly startName: string;
  readonly startType: string;
  readonly inputJson: string | null;
  readonly paramsJson: string | null;
  readonly target: Target | null;
  /** Output of the start step as JSON text; null: derived from the request. */
  readonly startOutputJson: string | null;
  /** Steps after the start; none: the run has succeeded already. */
  readonly next: readonly PlannedStep[];
  /** Waiting nodes it may come to. */
  readonly coming: readonly ComingWait[];
  /** Joins that can be reached from the start; absent: none. */
  readonly joins?: readonly JoinPlan[];
  /** A test run: what it is to do. */
  readonly test?: PlannedTest | undefined;
  /** Absent: a request started it. */
  readonly origin?: RunOrigin;
}

/** What makes a planned run a test run. */
export interface PlannedTest {
  readonly plan: RunTest;
  /** The captured request it sees, without being counted among its runs. */
  readonly requestId: string | null;
  /** Steps that count as done, beside the start. */
  readonly kept: readonly {
    readonly nodeId: string;
    readonly name: string;
    readonly type: string;
    readonly outputJson: string | null;
  }[];
}

/** A waiting node a run has yet to reach: what a delivery that comes before it is told by (SPEC 3, Waits). */
export interface ComingWait {
  readonly nodeId: string;
  /** Value of its correlation; null: not known before the run is there, empty: it has none. */
  readonly correlation: string | null;
  /** sha256 hex of the token its first arrival will wait for. */
  readonly tokenHash: string | null;
}

/** One way to resume a run: the oldest wait of these nodes with this match. */
export interface ResumeWish {
  readonly match:
    | { readonly kind: 'target'; readonly target: Target }
    | { readonly kind: 'correlation'; readonly value: string }
    | { readonly kind: 'token'; readonly tokenHash: string };
  /** Nodes reached through this endpoint; empty for tokens. */
  readonly nodes: readonly { readonly workflowId: string; readonly nodeId: string }[];
  /** How long an early delivery is held; 0 = never. */
  readonly holdMs: number;
}

/** Who may be resumed: the oldest wait any of the wishes matches (SPEC 3, Waits). */
export interface ResumeWanted {
  readonly wishes: readonly ResumeWish[];
  /** Planned runs that start only where their workflow has no run to take the delivery (`onMatch: "resume"`). */
  readonly insteadOf: readonly string[];
  readonly inputJson: string | null;
  readonly paramsJson: string | null;
}

/** The one transaction behind a 2xx (SPEC 4.12). */
export interface Admission {
  readonly request: CapturedRequest;
  readonly dedupe: { readonly key: string; readonly bodyHash: string; readonly windowMs: number } | null;
  /** Tried first when both are given. */
  readonly resume: ResumeWanted | null;
  readonly runs: readonly PlannedRun[];
  /** Record that must exist (validmind), checked in the transaction. */
  readonly requireTarget: Target | null;
  /** More live runs than this: refuse with `busy` (SPEC 12). */
  readonly queueLimit: number;
  /** The answer, where it is known already; stored with the request. */
  readonly reply: ReplyNote | null;
}

/** How an admission ended. Everything but the first three stored the request as a refusal or twin. */
export type AdmissionOutcome =
  | { readonly kind: 'started'; readonly seq: number; readonly runIds: readonly string[] }
  /** `runIds`: what was started beside it, at other nodes. */
  | {
      readonly kind: 'resumed';
      readonly seq: number;
      readonly runId: string;
      readonly runIds: readonly string[];
    }
  | { readonly kind: 'held'; readonly seq: number }
  | { readonly kind: 'duplicate'; readonly seq: number; readonly runIds: readonly string[] }
  | { readonly kind: 'mismatch'; readonly seq: number }
  | { readonly kind: 'no_waiting_step'; readonly seq: number }
  | { readonly kind: 'target_not_found'; readonly seq: number }
  | { readonly kind: 'busy' };

/** How one execution of a step ended, with everything that must happen in the same commit (SPEC 9). */
export interface StepSettlement {
  readonly stepSeq: number;
  readonly runId: string;
  /** Fence: applied only while the step is open and on this attempt (as read or started). */
  readonly attempt: number;
  /** The try was committed as begun before; a step that has no try begun was settled already. */
  readonly isBegun?: boolean;
  readonly startedAt: number;
  readonly at: number;
  readonly inputJson: string | null;
  readonly logs: readonly LogLine[];
  readonly outcome:
    | {
        readonly kind: 'succeeded';
        readonly outputJson: string | null;
        readonly outputRequestId: string | null;
        readonly port: string | null;
        /** Done first; its output is the step's. */
        readonly record?: RecordEffect | undefined;
      }
    /** Failed for good; `port` when the failure leaves by a port or is continued from. */
    | {
        readonly kind: 'failed';
        readonly error: RunError;
        readonly port: string | null;
        readonly endsRun: boolean;
        /** A loop around the step that goes on after failures ends its round only, not the run. */
        readonly isCatchable?: boolean;
        /** What the step gave all the same, e.g. the answer of a call that was refused. */
        readonly outputJson?: string | null;
      }
    /** Tried again at dueAt, attempt + 1. */
    | { readonly kind: 'retry'; readonly error: RunError; readonly dueAt: number }
    /** Sleeps until dueAt, then is due again with the same attempt. */
    | { readonly kind: 'delayed'; readonly dueAt: number; readonly waitingFor: string }
    | {
        readonly kind: 'waiting';
        readonly waitingFor: string;
        /** Time-out; null = for ever. */
        readonly dueAt: number | null;
        readonly target: Target | null;
        readonly correlation: string | null;
        /** sha256 hex of the resume token. */
        readonly tokenHash: string | null;
      }
    /** Waits for a person's word, or for the end of the run it makes among its effects. */
    | {
        readonly kind: 'parked';
        readonly waitKind: 'approval' | 'child';
        readonly waitingFor: string;
        /** Time-out; null = for ever. */
        readonly dueAt: number | null;
      }
    /** A loop begins its rounds; it is due again when all have ended, or at its time-out. */
    | {
        readonly kind: 'looping';
        readonly waitingFor: string;
        /** Time-out; null: none. */
        readonly dueAt: number | null;
        /** JSON texts, one for each round; at least one. */
        readonly items: readonly string[];
        /** Rounds at once. */
        readonly concurrency: number;
        /** What each round begins with. */
        readonly body: readonly PlannedStep[];
        /** A failure inside ends its round only. */
        readonly catches: boolean;
        /** Waits inside it, and the token hash of each round's first arrival where that is known. */
        readonly waits: readonly {
          readonly nodeId: string;
          readonly tokenHashes: readonly string[] | null;
        }[];
      };
  readonly next: readonly PlannedStep[];
  /** Joins that can be reached from this step; absent: none. */
  readonly joins?: readonly JoinPlan[];
  /** Done with the outcome; absent: none. */
  readonly effects?: readonly StepEffect[];
  /** Made if the run fails by this outcome (`settings.onFailure`). */
  readonly onFailure?: PlannedRun | undefined;
}

export interface SettleOutcome {
  /** False: the fence held it off (cancelled, timed out or settled by another). */
  readonly applied: boolean;
  readonly runStatus: RunStatus;
  /** The frame of the step has ended with it. */
  readonly isFrameOver?: boolean;
  /** The output the store gave the step. */
  readonly outputJson?: string;
  /** With `applied` false: the store did not do what the step asked, which is a failed try. */
  readonly refused?: RefusedEffect;
}

/* ---------- records, secrets, tokens, settings ---------- */

export interface EntityRow {
  readonly name: string;
  readonly fields: readonly FieldRule[];
  readonly count: number;
  readonly createdAt: number;
}

export interface RecordRow {
  readonly cuid: string;
  readonly entity: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Who changed a record. */
export interface RecordActorRow {
  /** `entity`: a change of its fields. */
  readonly kind: 'run' | 'api' | 'app' | 'import' | 'entity';
  readonly runId?: string;
  readonly nodeId?: string;
  readonly jobId?: string;
}

/** One change of a record: all values where it was made or deleted, else those that changed. */
export interface RecordChangeRow {
  readonly seq: number;
  readonly cuid: string;
  readonly change: string;
  readonly before: RecordData | null;
  readonly after: RecordData | null;
  readonly at: number;
  readonly actorJson: string;
}

/** Why the store did not do what a step asked it to: nothing was written, and the step is still open. */
export interface RefusedEffect {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

export interface SecretRow {
  readonly name: string;
  readonly sealed: string;
  /** First and last characters for people, e.g. `sk…9f2a`. */
  readonly hint: string;
  /** Hosts it may be sent to. */
  readonly hosts: readonly string[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

export interface TokenRow {
  readonly id: string;
  readonly name: string;
  /** sha256 hex of the token. */
  readonly hash: string;
  readonly hint: string;
  readonly scopes: readonly string[];
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
}

/* ---------- the feed ---------- */

export const feedTopics = [
  'workflows',
  'endpoints',
  'requests',
  'runs',
  'records',
  'secrets',
  'tokens',
  'settings',
  'alarms',
  'jobs',
  'notifications',
] as const;
export type FeedTopic = (typeof feedTopics)[number];

/** Something changed and is committed. `seq` counts commits of this process and never goes back. */
export interface FeedEvent {
  readonly seq: number;
  readonly topic: FeedTopic;
  readonly ids: readonly string[];
}

/** A page of a list, newest first; `nextCursor` is null at the end. */
export interface Page<Row> {
  readonly items: readonly Row[];
  readonly nextCursor: string | null;
}
