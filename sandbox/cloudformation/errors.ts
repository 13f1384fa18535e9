import { AwsError } from '../core/aws-error.ts';

/** CloudFormation's answer to anything that it can refuse before it begins. */
export function validationError(message: string): AwsError {
  return new AwsError('ValidationError', message, 400);
}
