/** Where the text of a managed policy or boundary is found by its ARN. */
import { accountOfArn } from '../core/ids.ts';
import type { WorldState } from '../core/world.ts';
import { awsManagedPolicy } from './aws-managed.ts';

/** undefined when there is no such policy: neither AWS's, nor a partner's registered boundary, nor an account's own. */
export function policyText(state: WorldState, arn: string): string | undefined {
  const owner = accountOfArn(arn);
  if (owner === 'aws') return awsManagedPolicy(arn);
  if (owner === 'partner') {
    const boundary = state.delegation.boundaries.get(arn);
    return boundary && JSON.stringify(boundary);
  }
  return state.iam.accounts.get(owner)?.policies.get(arn)?.document;
}
