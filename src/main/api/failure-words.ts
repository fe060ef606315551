/**
 * Why requests were refused, in words for the operator, and what likely mends it. One table for the groups of failed
 * triggers and the timeline of a request (UI, Failed Triggers).
 */

export interface FailureWords {
  /** The cause in plain words. */
  readonly title: string;
  readonly mending: string;
}

interface Entry extends FailureWords {
  /** The cause where the number of callers says more, e.g. whom to tell. */
  readonly titleOf?: (callers: number) => string;
}

const brokenExpression = 'Correct the filter, key or correlation of the endpoint; then retry these requests.';

const table: Readonly<Record<string, Entry>> = {
  old_secret: {
    title: 'Callers still use the old key',
    titleOf: (callers) =>
      callers === 1 ? 'One caller still uses the old key' : `${callers} callers still use the old key`,
    mending:
      'Give them the new key or secret; next time let the old one stay valid for a while. These requests can be retried signed with the new one.',
  },
  hold_expired: {
    title: 'It came early, and no run got there',
    mending:
      'The run it was held for ended or took another way. Start it anew and retry, or look at why it did not come to its wait.',
  },
  bad_request: {
    title: 'The request was not well-formed HTTP',
    mending:
      'Something between the caller and here changes or repeats headers; look at the proxy or the library.',
  },
  uri_too_long: {
    title: 'The URL was longer than 8 KiB',
    mending: 'Let the caller send long values in the body.',
  },
  headers_too_large: {
    title: 'The headers were too many or too large',
    mending: 'At most 16 KiB and 100 headers are taken; cookies and tracing headers are the usual cause.',
  },
  expectation_failed: {
    title: 'The caller expects what can not be promised',
    mending: 'Let the caller leave out the header Expect, or send 100-continue in it.',
  },
  output_too_large: {
    title: 'An expression of the endpoint gave too much',
    mending: brokenExpression,
  },
  sandbox_limit: {
    title: 'An expression of the endpoint used too much memory',
    mending: 'Simplify the filter, key or correlation of the endpoint; then retry these requests.',
  },
  workflow_missing: {
    title: 'The run could not start: its version can not be used',
    mending: 'Commit and activate the workflow again; then retry these requests.',
  },
  internal: {
    title: 'Something went wrong here',
    mending: 'The log says more; retry these requests, and report what it says if they fail again.',
  },
  unauthorized: {
    title: 'The caller did not prove who it is',
    mending:
      'Compare the key or secret at the caller with this endpoint; after a reset, callers may still use the old one.',
  },
  endpoint_misconfigured: {
    title: 'The endpoint could not check its callers',
    mending:
      'Set its secret again, or see to what the requests say is missing, e.g. a certificate of the sender; then retry them.',
  },
  deactivated: {
    title: 'The endpoint was deactivated',
    mending: 'Activate it under Manage Triggers, or ask the caller to stop.',
  },
  not_live: {
    title: 'The workflow was not live',
    mending: 'Commit and activate the workflow; then retry these requests.',
  },
  not_found: {
    title: 'Nothing was live at this URL',
    mending: 'Activate the endpoint and its workflow; then retry these requests.',
  },
  method_not_allowed: {
    title: 'The method is not allowed',
    mending: 'Let the caller use another method, or allow this one in the settings of the endpoint.',
  },
  cross_site: {
    title: 'A web page of another site called',
    mending: 'Add the origin of the page to the CORS settings of the endpoint, if it may call.',
  },
  ip_not_allowed: {
    title: 'The address is not on the allow list',
    mending: 'Add the address to the list, or set the number of trusted proxies if one stands in front.',
  },
  rate_limited: {
    title: 'Too many requests in a minute',
    mending: 'Raise the rate limit of the endpoint, or let the caller slow down. Retrying brings these in.',
  },
  busy: {
    title: 'Too many runs were waiting to be executed',
    mending: 'Wait until the queue is shorter, then retry; look for a step that takes long.',
  },
  storage_unavailable: {
    title: 'The disk did not take the request',
    mending: 'Free space on the disk of the data folder; then retry these requests.',
  },
  payload_too_large: {
    title: 'The body was larger than allowed',
    mending: 'Raise the body limit of the endpoint (at most 32 MiB) and let the caller send again.',
  },
  unsupported_media_type: {
    title: 'The encoding of the body is not supported',
    mending: 'Let the caller send the body plainly, or as gzip, deflate or br.',
  },
  request_timeout: {
    title: 'The body did not arrive in time',
    mending: 'The connection of the caller is slow or was cut; let it send again.',
  },
  malformed_json: {
    title: 'The body is not valid JSON',
    mending: 'Let the caller send valid JSON, or a content type that fits what it sends.',
  },
  malformed_body: {
    title: 'The body does not match its content type',
    mending: 'Let the caller send what its content type says.',
  },
  empty_body: {
    title: 'The body was empty',
    mending: 'The caller names a JSON type but sends nothing: let it send a body, or no type.',
  },
  too_deep: {
    title: 'The JSON is nested too deep',
    mending: 'At most 100 levels are taken; let the caller send flatter data.',
  },
  too_many_keys: {
    title: 'The body has too many keys',
    mending: 'At most 50,000 keys are taken; let the caller send less at once.',
  },
  missing_parameter: {
    title: 'A required parameter is missing',
    mending: 'Let the caller send it, or make the parameter optional and retry.',
  },
  invalid_parameter: {
    title: 'A parameter has the wrong type',
    mending: 'Let the caller send the right type, or change the type of the parameter and retry.',
  },
  unknown_action: {
    title: 'The action is not known',
    mending: 'Let the caller send run_workflow or run_step.',
  },
  target_not_found: {
    title: 'There is no such record',
    mending: 'Create the record the caller names, then retry; or let it name another.',
  },
  no_waiting_step: {
    title: 'No run was waiting for this request',
    mending: 'The run may have ended or never started: look at the runs of the workflow.',
  },
  idempotency_mismatch: {
    title: 'An idempotency key was used again with another body',
    mending: 'Let the caller use a new key for each new request.',
  },
  run_timeout: {
    title: 'The run took longer than the caller could wait',
    mending: 'The run goes on; answer at once, or raise the waiting time of the response.',
  },
  run_failed: {
    title: 'The run failed',
    mending: 'Look at the failed step of the run, mend it, and retry the run.',
  },
  no_response: {
    title: 'The run ended without an answer',
    mending: 'Lead every path of the workflow to the step that answers.',
  },
  expression_failed: { title: 'An expression of the endpoint failed', mending: brokenExpression },
  expression_invalid: { title: 'An expression of the endpoint is not valid', mending: brokenExpression },
  expression_timeout: {
    title: 'An expression of the endpoint took too long',
    mending: 'Simplify the filter, key or correlation of the endpoint; then retry these requests.',
  },
};

/**
 * The words for a reason; one nobody foresaw has those of a fault here.
 * @param callers addresses the requests came from, where several are spoken of
 */
export function failureWords(reason: string, callers?: number): FailureWords {
  const entry = Object.hasOwn(table, reason) ? table[reason] : table['internal'];
  const { title = '', titleOf, mending = '' } = entry ?? {};
  return { title: callers === undefined || titleOf === undefined ? title : titleOf(callers), mending };
}
