/**
 * AppError and the one table of error codes. Every refusal, failure and defect in the product carries a code from
 * here, so a caller, the inspector and a test all compare the same word and never a message text.
 */

/** Whose turn it is: the sender's, the step's world, the operator's, or ours. */
export type ErrorKind = 'refusal' | 'failure' | 'invalid' | 'defect';

interface ErrorRule {
  readonly kind: ErrorKind;
  /** HTTP status when the error reaches a caller. */
  readonly status: number;
  /** One sentence shown when no better one is given. */
  readonly message: string;
}

const rule = (kind: ErrorKind, status: number, message: string): ErrorRule => ({ kind, status, message });

/** Every code the product can answer with (SPEC 3, 4, 10, 11). */
export const errorTable = {
  bad_request: rule('refusal', 400, 'The request is not valid HTTP for this receiver.'),
  uri_too_long: rule('refusal', 414, 'The URL is longer than 8 KiB.'),
  headers_too_large: rule('refusal', 431, 'The headers are larger than 16 KiB or more than 100.'),
  not_found: rule('refusal', 404, 'Nothing is here.'),
  method_not_allowed: rule('refusal', 405, 'This method is not allowed here.'),
  cross_site: rule('refusal', 403, 'Calls from a web page of another site are not allowed here.'),
  ip_not_allowed: rule('refusal', 403, 'This address is not on the allow list.'),
  rate_limited: rule('refusal', 429, 'Too many requests; try again later.'),
  busy: rule('refusal', 503, 'The queue is full; try again later.'),
  storage_unavailable: rule('refusal', 503, 'The request could not be stored; try again later.'),
  payload_too_large: rule('refusal', 413, 'The body is larger than this endpoint accepts.'),
  unsupported_media_type: rule('refusal', 415, 'This content encoding or type is not supported.'),
  request_timeout: rule('refusal', 408, 'The request did not arrive in time.'),
  expectation_failed: rule('refusal', 417, 'Nothing but 100-continue can be expected here.'),
  unauthorized: rule('refusal', 401, 'Authentication is missing or wrong.'),
  endpoint_misconfigured: rule('refusal', 503, 'The endpoint is not configured completely.'),
  malformed_json: rule('refusal', 400, 'The body is not valid JSON.'),
  malformed_body: rule('refusal', 400, 'The body does not match its content type.'),
  empty_body: rule('refusal', 400, 'The body is empty.'),
  too_deep: rule('refusal', 400, 'The JSON is nested deeper than 100 levels.'),
  too_many_keys: rule('refusal', 400, 'The body has more than 50,000 keys.'),
  missing_parameter: rule('refusal', 400, 'Missing required parameter'),
  invalid_parameter: rule('refusal', 400, 'A parameter has the wrong type.'),
  unknown_action: rule('refusal', 400, 'The action is not known.'),
  target_not_found: rule('refusal', 404, 'No such record.'),
  no_waiting_step: rule('refusal', 409, 'No run waits here for this request.'),
  idempotency_mismatch: rule('refusal', 422, 'This idempotency key was used with another body.'),
  run_timeout: rule('refusal', 504, 'The run did not finish in time; it goes on.'),
  run_failed: rule('refusal', 500, 'The run failed.'),
  no_response: rule('refusal', 500, 'The run ended without an answer.'),
  forbidden: rule('refusal', 403, 'This token has not the scope for this call.'),
  conflict: rule('invalid', 409, 'This is not possible in the present state.'),
  invalid: rule('invalid', 422, 'The input is not valid.'),
  expression_invalid: rule('invalid', 422, 'The expression is not valid.'),
  expression_failed: rule('failure', 500, 'The expression failed.'),
  expression_timeout: rule('failure', 500, 'The expression took longer than allowed.'),
  code_failed: rule('failure', 500, 'The code failed.'),
  code_timeout: rule('failure', 500, 'The code took longer than allowed.'),
  sandbox_limit: rule('failure', 500, 'The code or expression used more memory or output than allowed.'),
  step_failed: rule('failure', 500, 'The step failed.'),
  step_timeout: rule('failure', 500, 'The step took longer than allowed.'),
  http_failed: rule('failure', 502, 'The HTTP call failed.'),
  http_status: rule('failure', 502, 'The HTTP call was answered with an error status.'),
  target_blocked: rule('failure', 502, 'The call was stopped: it leads to a private or protected address.'),
  mail_failed: rule('failure', 502, 'The e-mail could not be sent.'),
  record_invalid: rule('failure', 500, 'The values do not fit the fields of the entity.'),
  record_not_found: rule('failure', 500, 'No such record.'),
  record_conflict: rule('failure', 500, 'Another record has this value already.'),
  interrupted: rule('failure', 500, 'The step was cut off and is marked to be done at most once.'),
  wait_timeout: rule('failure', 500, 'Nothing arrived in the time this step waits.'),
  rejected: rule('failure', 500, 'It was rejected, and nothing follows a rejection.'),
  output_too_large: rule('failure', 500, 'The output is larger than 4 MiB.'),
  run_limit: rule('failure', 500, 'The run executed more than 10,000 steps.'),
  cancelled: rule('failure', 409, 'The run was cancelled.'),
  workflow_missing: rule('failure', 500, 'The version this run was started on is gone.'),
  port_in_use: rule('invalid', 500, 'The port is in use by another program.'),
  data_folder_locked: rule('invalid', 500, 'Another instance uses this data folder.'),
  data_folder_unusable: rule('invalid', 500, 'The data folder can not be used.'),
  bad_option: rule('invalid', 500, 'An option is unknown or has a bad value.'),
  internal: rule('defect', 500, 'Something went wrong here; the log says more.'),
} as const satisfies Record<string, ErrorRule>;

/** A code of the table. */
export type ErrorCode = keyof typeof errorTable;

/** Whether a word is a code of the table. */
export function isErrorCode(word: string): word is ErrorCode {
  return Object.hasOwn(errorTable, word);
}

interface AppErrorInit {
  readonly code: ErrorCode;
  /** One sentence that is safe to show to whoever caused it. Default: the table's. */
  readonly message?: string | undefined;
  /** JSON-safe facts for programs: positions, missing names, issues. Never secrets. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  /** Why, for the inspector and the log only; never sent to the caller. */
  readonly reason?: string | undefined;
  readonly cause?: unknown;
}

/** The one error type of the product. Compare `code`, never class or text. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;
  readonly reason: string | undefined;

  constructor(init: AppErrorInit) {
    const entry = errorTable[init.code];
    super(init.message ?? entry.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = 'AppError';
    this.code = init.code;
    this.kind = entry.kind;
    this.status = entry.status;
    this.details = init.details ?? {};
    this.reason = init.reason;
  }
}

/** Turns anything thrown into an AppError; what is not one becomes `internal` with the original as cause. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  return new AppError({ code: 'internal', cause: thrown });
}
