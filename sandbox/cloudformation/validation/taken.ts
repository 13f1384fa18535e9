import type { World } from '../../core/world.ts';
import { accountOf } from '../../iam/accounts.ts';
import { snsState } from '../../sns/state.ts';
import { sqsState } from '../../sqs/state.ts';
import { partitionOf } from '../arns.ts';
import type { Stack } from '../stack.ts';

/** Whether a resource of that type has the name already, in the stack's account and Region. */
export function isTaken(world: World, { accountId, region }: Stack, type: string, name: string): boolean {
  const account = accountOf(world, accountId);
  const key = name.toLowerCase();
  const arn = (service: string): string => `arn:${partitionOf(region)}:${service}:${region}:${accountId}:${name}`;
  switch (type) {
    case 'AWS::IAM::Role':
      return account.roles.has(key);
    case 'AWS::IAM::InstanceProfile':
      return account.instanceProfiles.has(key);
    case 'AWS::IAM::ManagedPolicy':
      return [...account.policies.values()].some((policy) => policy.name.toLowerCase() === key);
    case 'AWS::SNS::Topic':
      return snsState.of(world).topics.has(arn('sns'));
    case 'AWS::SQS::Queue':
      return sqsState.of(world).queues.has(arn('sqs'));
    default:
      return false;
  }
}
