import { randomUUID } from 'node:crypto';
import { AwsError } from '../../core/aws-error.ts';

/** Error names by the handler error code that CloudFormation reports them under (User Guide, "Handler error codes"). */
const HANDLER_ERROR_CODES: [RegExp, string][] = [
  [/^ExpiredToken|^InvalidClientTokenId$/, 'InvalidCredentials'],
  [/^AccessDenied|^AuthorizationError$/, 'AccessDenied'],
  [/AlreadyExists|NameExists/, 'AlreadyExists'],
  [/NoSuchEntity|NotFound|NonExistent|DoesNotExist/, 'NotFound'],
  [/Throttl|TooManyRequests|RequestLimitExceeded/, 'Throttling'],
  [/LimitExceeded/, 'ServiceLimitExceeded'],
  [/DeleteConflict|Conflict|ConcurrentModification/, 'ResourceConflict'],
];

/** Why a resource failed, as ResourceStatusReason words it. */
export function failureReason(error: unknown, type: string, identifier: string | undefined): string {
  if (!(error instanceof AwsError)) return `Internal Failure: ${error instanceof Error ? error.message : String(error)}`;
  // A refusal by CloudFormation itself, such as of a bad property, carries no handler's message.
  if (error.code === 'ValidationError' && error.message.startsWith('Properties validation failed')) return error.message;
  const code = HANDLER_ERROR_CODES.find(([pattern]) => pattern.test(error.code))?.[1] ?? fallback(error);
  return `Resource handler returned message: "${handlerMessage(error, code, type, identifier)}" (RequestToken: ${randomUUID()}, HandlerErrorCode: ${code})`;
}

function fallback(error: AwsError): string {
  return error.status >= 500 ? 'ServiceInternalError' : 'InvalidRequest';
}

function handlerMessage(error: AwsError, code: string, type: string, identifier: string | undefined): string {
  if (code === 'AlreadyExists' && identifier !== undefined)
    return `Resource of type '${type}' with identifier '${identifier}' already exists.`;
  const service = type.split('::')[1]!;
  const name = service.charAt(0) + service.slice(1).toLowerCase();
  return `${error.message} (Service: ${name}, Status Code: ${error.status}, Request ID: ${randomUUID()})`;
}
