import { AwsError } from '../core/aws-error.ts';

/** SNS's own errors, with the codes of its API model. */
export const invalidParameter = (reason: string): AwsError => new AwsError('InvalidParameter', `Invalid parameter: ${reason}`, 400);

export const topicNotFound = (): AwsError => new AwsError('NotFound', 'Topic does not exist', 404);

export const subscriptionNotFound = (): AwsError => new AwsError('NotFound', 'Subscription does not exist', 404);
