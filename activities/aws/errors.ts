import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { failureTypes, type FailureType } from '../../workflows/contracts/failures.ts';
import { failure, queryFailure } from '../failures.ts';

/**
 * AWS's error names and what they mean for us. Sources: the API models of STS, IAM, CloudFormation, Organizations and the
 * tagging API, and each service's page of common errors. Smithy's own classifier does not know
 * ConcurrentModificationException.
 */
const meanings: Readonly<Record<string, FailureType>> = {
  Throttling: failureTypes.throttled,
  ThrottlingException: failureTypes.throttled,
  ThrottledException: failureTypes.throttled,
  TooManyRequestsException: failureTypes.throttled,
  RequestLimitExceeded: failureTypes.throttled,
  SlowDown: failureTypes.throttled,

  ConcurrentModification: failureTypes.conflict,
  ConcurrentModificationException: failureTypes.conflict,
  OperationInProgressException: failureTypes.conflict,

  ServiceFailure: failureTypes.transient,
  ServiceFailureException: failureTypes.transient,
  ServiceException: failureTypes.transient,
  ServiceUnavailable: failureTypes.transient,
  ServiceUnavailableException: failureTypes.transient,
  InternalFailure: failureTypes.transient,
  InternalError: failureTypes.transient,
  RequestTimeout: failureTypes.transient,
  // The tagging API's.
  InternalServiceException: failureTypes.transient,
  RequestExpired: failureTypes.transient,
  TimeoutError: failureTypes.transient,
  // No identity yet: the metadata service may come up after us.
  CredentialsProviderError: failureTypes.transient,

  AccessDenied: failureTypes.accessDenied,
  AccessDeniedException: failureTypes.accessDenied,
  UnauthorizedOperation: failureTypes.accessDenied,
  InvalidClientTokenId: failureTypes.accessDenied,
  UnrecognizedClientException: failureTypes.accessDenied,
  SignatureDoesNotMatch: failureTypes.accessDenied,
  ExpiredToken: failureTypes.accessDenied,
  ExpiredTokenException: failureTypes.accessDenied,

  ExpiredTradeInTokenException: failureTypes.precondition,
  PackedPolicyTooLarge: failureTypes.precondition,
  PackedPolicyTooLargeException: failureTypes.precondition,
  RegionDisabledException: failureTypes.precondition,
  LimitExceeded: failureTypes.precondition,
  LimitExceededException: failureTypes.precondition,
  NoSuchEntity: failureTypes.precondition,
  NoSuchEntityException: failureTypes.precondition,
  // AWS answers it with 500, and it lasts: a policy of the role itself cannot be evaluated.
  PolicyEvaluation: failureTypes.precondition,
  PolicyEvaluationException: failureTypes.precondition,
  AWSOrganizationsNotInUseException: failureTypes.precondition,
  AccountNotFoundException: failureTypes.precondition,
  ParentNotFoundException: failureTypes.precondition,
  ChildNotFoundException: failureTypes.precondition,
  TargetNotFoundException: failureTypes.precondition,
  OrganizationalUnitNotFoundException: failureTypes.precondition,
  PolicyNotFoundException: failureTypes.precondition,
  RootNotFoundException: failureTypes.precondition,
  PolicyTypeNotEnabledException: failureTypes.precondition,
};

/** What an error of an AWS call means. Anything that is not AWS's answer never got one: the network, or a time-out. */
export function meaningOf(error: unknown): FailureType {
  const name = awsCodeOf(error);
  const known = name === null ? undefined : meanings[name];
  if (known) return known;
  const status = statusOf(error);
  if (status === null) return failureTypes.transient;
  if (status === 429) return failureTypes.throttled;
  return status >= 500 ? failureTypes.transient : failureTypes.invalidInput;
}

/** AWS's code for an error, or null when it is none of AWS's. */
export function awsCodeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  // The query protocol's wire code is shorter than the class name for some errors (NoSuchEntityException: NoSuchEntity).
  const code = 'Code' in error && typeof error.Code === 'string' ? error.Code : error.name;
  return code === 'Error' ? null : code;
}

function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('$metadata' in error)) return null;
  const metadata = error.$metadata as { httpStatusCode?: number };
  return metadata.httpStatusCode ?? null;
}

/**
 * Turns an error of an AWS call into a failure that says what was tried, and what AWS said. AWS repeats what it does not
 * like of a request; a `secret` of the request is left out of its words (D11). A query that failed among the calls is the
 * database's, and none of AWS's (S6).
 */
export function awsFailure(error: unknown, attempted: string, code = 'aws_refused', secret?: string): ApplicationFailure {
  const ofQuery = queryFailure(error, attempted);
  if (ofQuery) return ofQuery;
  const type = meaningOf(error);
  const awsCode = awsCodeOf(error) ?? undefined;
  const told = secret === undefined ? describe(error) : describe(error).replaceAll(secret, '[withheld]');
  return failure(type, `${attempted}: ${told}`, {
    code: isRefusal(type) ? code : 'aws_unavailable',
    awsCode,
  });
}

/**
 * What is no word of AWS's among the errors of its calls: a failure that is cast already, and the end of an activity that
 * was cancelled, which a call of the SDK tells in its own way. Null for everything else.
 */
export function knownFailure(error: unknown): ApplicationFailure | CancelledFailure | null {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  return awsCodeOf(error) === 'AbortError' ? new CancelledFailure('A call to AWS was cancelled') : null;
}

/** What AWS asks to wait before the same call again, in milliseconds; 0 where it did not say. */
export function retryAfterOf(error: unknown): number {
  if (!(error instanceof Error) || !('$response' in error)) return 0;
  const { headers } = (error.$response ?? {}) as { headers?: Record<string, string | undefined> };
  const seconds = Number(headers?.['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0;
}

/** AWS's last word on the call as it was made, and not a lack of an answer. */
export function isRefusal(type: FailureType): boolean {
  return type === failureTypes.accessDenied || type === failureTypes.invalidInput || type === failureTypes.precondition;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const code = awsCodeOf(error);
  if (statusOf(error) !== null) return `AWS answered ${code ?? 'an error'}: ${error.message}`;
  return `no answer from AWS (${code ?? error.message})`;
}
