import { randomUUID } from 'node:crypto';
import { partitionOf } from '../core/regions.ts';

export { partitionOf };

/** The domain of a partition's services (AWS::URLSuffix). */
export function urlSuffixOf(region: string): string {
  return { 'aws-cn': 'amazonaws.com.cn', 'aws-eusc': 'amazonaws.eu' }[partitionOf(region)] ?? 'amazonaws.com';
}

/** A stack id (an ARN) for a new stack. */
export function newStackId(accountId: string, region: string, name: string): string {
  return stackArn(accountId, region, name, randomUUID());
}

/** The ARN by which a stack is authorized while its id is not known: any stack of that name. */
export function stackArn(accountId: string, region: string, name: string, uuid = '*'): string {
  return `arn:${partitionOf(region)}:cloudformation:${region}:${accountId}:stack/${name}/${uuid}`;
}
