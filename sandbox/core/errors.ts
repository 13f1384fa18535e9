/** Errors that every service can answer, under the names that each service gives them. */
import { AwsError } from './aws-error.ts';
import type { ServiceName } from './service-name.ts';

const jsonServices = new Set<ServiceName>(['sqs', 'organizations', 'tagging']);

/**
 * Access denied: `AccessDenied` 403 in the query services, `AuthorizationError` 403 in SNS (its API's own common error),
 * `AccessDeniedException` 400 in the JSON services.
 */
export function accessDenied(service: ServiceName, message: string): AwsError {
  if (service === 'sns') return new AwsError('AuthorizationError', message, 403);
  if (jsonServices.has(service)) return new AwsError('AccessDeniedException', message, 400);
  return new AwsError('AccessDenied', message, 403);
}

/** Rate exceeded: `Throttling` 400; TooManyRequestsException in Organizations, ThrottledException in the tagging API's model. */
export function throttled(service: ServiceName): AwsError {
  if (service === 'organizations')
    return new AwsError('TooManyRequestsException', "AWS Organizations can't complete your request because of too many requests.", 400);
  if (service === 'tagging') return new AwsError('ThrottledException', 'Rate exceeded', 400);
  if (jsonServices.has(service)) return new AwsError('ThrottlingException', 'Rate exceeded', 400);
  return new AwsError('Throttling', 'Rate exceeded', 400);
}

/** AWS's own failure, 500: `ServiceFailure` in IAM's model, `ServiceException` in Organizations', `InternalFailure` elsewhere. */
export function internalFailure(service: ServiceName): AwsError {
  const message = 'The request processing has failed because of an unknown error, exception or failure.';
  if (service === 'iam') return new AwsError('ServiceFailure', message, 500);
  if (service === 'organizations') return new AwsError('ServiceException', message, 500);
  if (service === 'tagging') return new AwsError('InternalServiceException', message, 500);
  return new AwsError('InternalFailure', message, 500);
}

export function unknownOperation(service: ServiceName, operation: string): AwsError {
  if (jsonServices.has(service)) return new AwsError('UnknownOperationException', `The operation ${operation} is unknown.`, 400);
  return new AwsError('InvalidAction', `Could not find operation ${operation} for this service.`, 400);
}

/** The names of docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html, and the JSON services' names for the same. */
export function credentialsRefused(
  service: ServiceName | undefined,
  reason: 'missing' | 'unknown' | 'expired' | 'signature',
  message?: string,
): AwsError {
  const json = service !== undefined && jsonServices.has(service);
  switch (reason) {
    case 'missing':
      return new AwsError(
        json ? 'MissingAuthenticationTokenException' : 'MissingAuthenticationToken',
        'Request is missing Authentication Token',
        json ? 400 : 403,
      );
    case 'unknown':
      return new AwsError(
        json ? 'UnrecognizedClientException' : 'InvalidClientTokenId',
        'The security token included in the request is invalid.',
        json ? 400 : 403,
      );
    case 'expired':
      return new AwsError(
        json ? 'ExpiredTokenException' : 'ExpiredToken',
        'The security token included in the request is expired',
        json ? 400 : 403,
      );
    case 'signature':
      return new AwsError(
        json ? 'InvalidSignatureException' : 'SignatureDoesNotMatch',
        message ??
          'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
        json ? 400 : 403,
      );
  }
}

/**
 * SQS spoke the query protocol before JSON; its model's awsQueryError traits keep the old names, and SDKs show those.
 * Errors without an old name of their own keep the new one.
 */
const sqsQueryCodes: Record<string, string> = {
  BatchEntryIdsNotDistinct: 'AWS.SimpleQueueService.BatchEntryIdsNotDistinct',
  BatchRequestTooLong: 'AWS.SimpleQueueService.BatchRequestTooLong',
  EmptyBatchRequest: 'AWS.SimpleQueueService.EmptyBatchRequest',
  InvalidBatchEntryId: 'AWS.SimpleQueueService.InvalidBatchEntryId',
  MessageNotInflight: 'AWS.SimpleQueueService.MessageNotInflight',
  PurgeQueueInProgress: 'AWS.SimpleQueueService.PurgeQueueInProgress',
  QueueDeletedRecently: 'AWS.SimpleQueueService.QueueDeletedRecently',
  QueueDoesNotExist: 'AWS.SimpleQueueService.NonExistentQueue',
  QueueNameExists: 'QueueAlreadyExists',
  TooManyEntriesInBatchRequest: 'AWS.SimpleQueueService.TooManyEntriesInBatchRequest',
  UnsupportedOperation: 'AWS.SimpleQueueService.UnsupportedOperation',
  AccessDeniedException: 'AccessDenied',
  UnrecognizedClientException: 'InvalidClientTokenId',
  ExpiredTokenException: 'ExpiredToken',
  InvalidSignatureException: 'SignatureDoesNotMatch',
};

/** The error's former name, for services that once spoke the query protocol. */
export function queryCode(service: ServiceName, code: string): string | undefined {
  if (service !== 'sqs') return undefined;
  const bare = code.slice(code.indexOf('#') + 1);
  return sqsQueryCodes[bare] ?? bare;
}
