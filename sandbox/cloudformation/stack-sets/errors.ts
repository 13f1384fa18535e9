/** Stack sets' own errors, under the names and statuses of CloudFormation's API model. */
import { AwsError } from '../../core/aws-error.ts';

export function notFound(nameOrId: string): AwsError {
  return new AwsError('StackSetNotFoundException', `StackSet ${nameOrId} not found`, 404);
}

export function operationNotFound(id: string): AwsError {
  return new AwsError('OperationNotFoundException', `Operation ${id} not found`, 404);
}

export function instanceNotFound(account: string, region: string): AwsError {
  return new AwsError('StackInstanceNotFoundException', `Stack instance for account ${account} and region ${region} not found`, 404);
}

export function operationInProgress(): AwsError {
  return new AwsError('OperationInProgressException', 'Another Operation on StackSet is in progress', 409);
}

export function invalidOperation(message: string): AwsError {
  return new AwsError('InvalidOperationException', message, 400);
}

export function limitExceeded(message: string): AwsError {
  return new AwsError('LimitExceededException', message, 400);
}
