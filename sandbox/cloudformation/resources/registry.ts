import { iamInstanceProfile } from './iam-instance-profile.ts';
import { iamManagedPolicy } from './iam-managed-policy.ts';
import { iamPolicy } from './iam-policy.ts';
import { iamRole } from './iam-role.ts';
import { snsSubscription, snsTopic, snsTopicPolicy } from './sns.ts';
import { sqsQueue, sqsQueuePolicy } from './sqs.ts';
import type { ResourceHandler } from './types.ts';

/** The resource types that the sandbox can make, by type name. */
export const handlers: ReadonlyMap<string, ResourceHandler> = new Map(
  [iamInstanceProfile, iamManagedPolicy, iamPolicy, iamRole, snsSubscription, snsTopic, snsTopicPolicy, sqsQueue, sqsQueuePolicy].map(
    (handler) => [handler.type, handler],
  ),
);
