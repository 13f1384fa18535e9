/** Short, stable words for each code that the API answers with; the `detail` says what happened this time. */
const titles: Record<string, string> = {
  account_exists: 'The account is already listed',
  already_resent: 'The request was already sent again',
  aws_refused: 'AWS refused the request',
  aws_unavailable: 'AWS is unavailable',
  badge_is_reserved: 'The badge belongs to the system',
  body_too_large: 'The body is too large',
  cloud_is_managed: 'The cloud is managed by its organization',
  cloud_is_suspended: 'The account is suspended',
  database_unavailable: 'The database is unavailable',
  forbidden: 'The API key may not do this',
  idempotency_key_reused: 'The Idempotency-Key was used for another call',
  internal_error: 'Something went wrong on our side',
  invalid_input: 'The input is not right',
  invalid_json: 'The body is not JSON',
  key_not_replayable: 'The API key cannot be shown again',
  last_admin_key: 'It is the last admin key',
  method_not_allowed: 'The method is not allowed here',
  nickname_taken: 'The nickname is taken',
  not_found: 'Not found',
  not_ready: 'Not ready',
  policy_not_ready: 'The policy was not sent yet',
  request_completed: 'The request completed',
  request_running: 'A request for the account is running',
  temporal_unavailable: 'Temporal is unavailable',
  too_late: 'It is too late',
  unauthorized: 'A valid API key is needed',
  unsupported_media_type: 'The body must be application/json',
};

/** The title of a code; codes that the workflow makes up are told as they are. */
export function titleOf(code: string): string {
  return titles[code] ?? code.replaceAll('_', ' ');
}
