import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { failureTypes, type FailureType } from '../../workflows/contracts/failures.ts';
import { failure, queryFailure } from '../failures.ts';
import { OwnAccountError } from './own-account.ts';

/**
 * AWS's error names and their meaning for us. Sources: the API models of STS, IAM, CloudFormation, Organizations and
 * the tagging API, and each service's page of common errors. Smithy's own classifier does not know
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
  // From the tagging API.
  InternalServiceException: failureTypes.transient,
  RequestExpired: failureTypes.transient,
  TimeoutError: failureTypes.transient,
  // The metadata service may start after the worker.
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
  // AWS returns it with status 500, but it lasts: a policy of the role itself cannot be evaluated.
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

  // Muster's own refusal (own-account.ts).
  OwnAccountRole: failureTypes.precondition,
};

/** The meaning of an error of an AWS call. An error without an HTTP status is a network fault or a timeout. */
export function meaningOf(error: unknown): FailureType {
  const name = awsCodeOf(error);
  const known = name === null ? undefined : meanings[name];
  if (known) return known;
  const status = statusOf(error);
  if (status === null) return failureTypes.transient;
  if (status === 429) return failureTypes.throttled;
  return status >= 500 ? failureTypes.transient : failureTypes.invalidInput;
}

/** AWS's code of an error; null if the error is not AWS's. */
export function awsCodeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  // For some errors, the query protocol's code is shorter than the class name (NoSuchEntityException: NoSuchEntity).
  const code = 'Code' in error && typeof error.Code === 'string' ? error.Code : error.name;
  return code === 'Error' ? null : code;
}

function statusOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('$metadata' in error)) return null;
  const metadata = error.$metadata as { httpStatusCode?: number };
  return metadata.httpStatusCode ?? null;
}

/**
 * Turns an error of an AWS call into a failure that says what was attempted and what AWS answered. AWS repeats rejected
 * values of a request, so `secret` is removed from its message (D11). An error of a database query becomes a database
 * failure (S6).
 */
export function awsFailure(error: unknown, attempted: string, code = 'aws_refused', secret?: string): ApplicationFailure {
  const ofQuery = queryFailure(error, attempted);
  if (ofQuery) return ofQuery;
  const type = meaningOf(error);
  const awsCode = error instanceof OwnAccountError ? undefined : (awsCodeOf(error) ?? undefined);
  const description = secret === undefined ? describe(error) : describe(error).replaceAll(secret, '[withheld]');
  return failure(type, `${attempted}: ${description}`, {
    code: isRefusal(type) ? code : 'aws_unavailable',
    awsCode,
  });
}

/**
 * Failures among the errors of AWS calls that need no translation: those already cast, and the cancellation of the
 * activity, which the SDK reports as an AbortError. Null for every other error.
 */
export function knownFailure(error: unknown): ApplicationFailure | CancelledFailure | null {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  return awsCodeOf(error) === 'AbortError' ? new CancelledFailure('A call to AWS was cancelled') : null;
}

/** The delay that AWS requests before a retry, in milliseconds; 0 if AWS requests none. */
export function retryAfterOf(error: unknown): number {
  if (!(error instanceof Error) || !('$response' in error)) return 0;
  const { headers } = (error.$response ?? {}) as { headers?: Record<string, string | undefined> };
  const seconds = Number(headers?.['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1_000 : 0;
}

/** Whether AWS refused the call for good. False for failures that a retry may pass, such as throttling. */
export function isRefusal(type: FailureType): boolean {
  return type === failureTypes.accessDenied || type === failureTypes.invalidInput || type === failureTypes.precondition;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if (error instanceof OwnAccountError) return error.message;
  const code = awsCodeOf(error);
  if (statusOf(error) !== null) return `AWS answered ${code ?? 'an error'}: ${error.message}`;
  return `no answer from AWS (${code ?? error.message})`;
}
