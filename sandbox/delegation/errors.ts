/** The errors of the delegation operations; codes and statuses from API model. */
import { AwsError } from '../core/aws-error.ts';
import type { Call } from '../core/service.ts';

export const invalidInput = (message: string): AwsError => new AwsError('InvalidInput', message, 400);

export const noSuchRequest = (id: string): AwsError =>
  new AwsError('NoSuchEntity', `The delegation request with id ${id} cannot be found.`, 404);

export const concurrentModification = (message: string): AwsError => new AwsError('ConcurrentModification', message, 409);

export const accessDenied = (call: Call, action: string, resource: string): AwsError =>
  new AwsError('AccessDenied', `User: ${call.caller.arn} is not authorized to perform: ${action} on resource: ${resource}`, 403);
