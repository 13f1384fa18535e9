/** Where the text of a managed policy or boundary is found by its ARN. */
import { accountOfArn } from '../core/ids.ts';
import type { HasState } from '../core/state.ts';
import { delegationState } from '../delegation/state.ts';
import { awsManagedPolicy } from './aws-managed.ts';
import { iamState } from './state.ts';

/** undefined when there is no such policy: neither AWS's, nor a partner's registered boundary, nor an account's own. */
export function policyText(world: HasState, arn: string): string | undefined {
  const owner = accountOfArn(arn);
  if (owner === 'aws') return awsManagedPolicy(arn);
  if (owner === 'partner') {
    const boundary = delegationState.of(world).boundaries.get(arn);
    return boundary && JSON.stringify(boundary);
  }
  return iamState.of(world).accounts.get(owner)?.policies.get(arn)?.document;
}
