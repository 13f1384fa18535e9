import { partitionOf, urlSuffixOf } from '../arns.ts';

/** Names that every template may refer to (User Guide, "Pseudo parameters reference"). */
export const PSEUDO_PARAMETERS = new Set([
  'AWS::AccountId',
  'AWS::NoValue',
  'AWS::NotificationARNs',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
]);

/** The pseudo parameters' values for one stack; AWS::NoValue has none. */
export function pseudoValues(stack: {
  id: string;
  name: string;
  accountId: string;
  region: string;
  notificationArns: string[];
}): Map<string, string | string[]> {
  return new Map<string, string | string[]>([
    ['AWS::AccountId', stack.accountId],
    ['AWS::NotificationARNs', stack.notificationArns],
    ['AWS::Partition', partitionOf(stack.region)],
    ['AWS::Region', stack.region],
    ['AWS::StackId', stack.id],
    ['AWS::StackName', stack.name],
    ['AWS::URLSuffix', urlSuffixOf(stack.region)],
  ]);
}
