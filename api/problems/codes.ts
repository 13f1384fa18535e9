/** The constant part of a problem. Its `detail` says what happened in the call. */
interface ProblemKind {
  /** HTTP status. */
  status: number;
  /** A short text that is the same for each problem of the code. */
  title: string;
}

/** The API's own problem codes, by name. Codes are part of the API's contract. */
export const problems = {
  account_exists: { status: 409, title: 'The account is already listed' },
  already_resent: { status: 409, title: 'The request was already resent' },
  aws_refused: { status: 422, title: 'AWS refused the request' },
  aws_unavailable: { status: 503, title: 'AWS is unavailable' },
  badge_is_reserved: { status: 409, title: 'Muster maintains the badge' },
  body_too_large: { status: 413, title: 'The request body is too large' },
  cancelled: { status: 409, title: 'The request was cancelled' },
  certificate_not_trusted: { status: 403, title: 'The signing certificate is not trusted' },
  certificate_unavailable: { status: 503, title: 'The signing certificate is unavailable' },
  check_interrupted: { status: 503, title: 'The check of the credentials was interrupted' },
  cloud_is_managed: { status: 409, title: 'An organization manages the cloud' },
  cloud_is_suspended: { status: 409, title: 'The account is suspended' },
  credentials_changed: { status: 409, title: 'The credentials changed during the call' },
  database_unavailable: { status: 503, title: 'The database is unavailable' },
  forbidden: { status: 403, title: 'The role of the API key does not allow the call' },
  idempotency_key_reused: { status: 422, title: 'The Idempotency-Key was used for another call' },
  idempotency_key_unverifiable: { status: 409, title: 'The Idempotency-Key cannot be compared with its first call' },
  internal_error: { status: 500, title: 'Internal error' },
  invalid_input: { status: 422, title: 'The input is invalid' },
  invalid_json: { status: 400, title: 'The request body is not valid JSON' },
  invalid_url: { status: 400, title: 'The URL is not valid UTF-8' },
  key_not_replayable: { status: 409, title: 'The API key cannot be shown again' },
  last_admin_key: { status: 409, title: 'The API key is the last with the role admin' },
  message_from_the_future: { status: 403, title: "The message's time is in the future" },
  message_too_old: { status: 403, title: 'The message is too old' },
  method_not_allowed: { status: 405, title: 'The method is not allowed on this path' },
  nickname_taken: { status: 409, title: 'The nickname is taken' },
  no_worker: { status: 503, title: 'No worker took the work' },
  no_removals_held: { status: 409, title: 'The sync holds no removals' },
  not_an_sns_message: { status: 400, title: 'The body is not an Amazon SNS message' },
  not_found: { status: 404, title: 'Not found' },
  not_ready: { status: 503, title: 'The API is not ready' },
  organization_checks_failed: { status: 422, title: 'The credentials did not pass their checks' },
  organization_exists: { status: 409, title: 'The organization is already registered' },
  own_account: { status: 422, title: "The account is Muster's own" },
  policy_not_ready: { status: 409, title: 'The policy is not ready yet' },
  preview_first: { status: 422, title: 'The scope names too many ids to look up' },
  rate_limited: { status: 429, title: 'Too many calls' },
  request_completed: { status: 409, title: 'The request has already been completed' },
  request_running: { status: 409, title: 'A request for the account is already running' },
  role_checks_failed: { status: 422, title: 'The role did not pass its checks' },
  scope_unknown: { status: 422, title: 'The organization lacks units or accounts of the scope' },
  signature_invalid: { status: 403, title: 'The signature is not valid' },
  subscribe_url_not_trusted: { status: 403, title: 'The subscription link is not trusted' },
  subscription_not_confirmed: { status: 503, title: 'The subscription could not be confirmed' },
  temporal_unavailable: { status: 503, title: 'Temporal is unavailable' },
  too_late: { status: 409, title: 'It is too late for this call' },
  topic_not_allowed: { status: 403, title: 'The topic is not the configured topic' },
  too_many_streams: { status: 429, title: 'Too many open event streams' },
  unauthorized: { status: 401, title: 'A valid API key is required' },
  unsupported_media_type: { status: 415, title: 'The request body must be application/json' },
  webhook_not_configured: { status: 503, title: 'The webhook is not configured' },
} as const satisfies Record<string, ProblemKind>;

export type ProblemCode = keyof typeof problems;

/** The codes with the given status. */
export type CodeWithStatus<Status extends number> = {
  [Code in ProblemCode]: (typeof problems)[Code]['status'] extends Status ? Code : never;
}[ProblemCode];

/** The title of a code. Codes of workflows have no title of their own. */
export function titleOf(code: string): string {
  return code in problems ? problems[code as ProblemCode].title : code.replaceAll('_', ' ');
}
