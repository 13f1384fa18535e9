/** Trust policies: their grammar, size, and that the principals they name exist. */
import { accountOfArn } from '../core/ids.ts';
import { AwsError } from '../core/aws-error.ts';
import type { World } from '../core/world.ts';
import { asList, statementsOf } from '../policy/parse.ts';
import { partitionOfAccount } from '../organizations/tree.ts';
import { accountOf, limitExceeded } from './accounts.ts';
import { checkPolicy } from './grammar.ts';
import { policySize, quotas } from './rules.ts';

/** A trust policy for a role of `accountId`. Throws MalformedPolicyDocument or LimitExceeded. */
export function checkTrustPolicy(world: World, accountId: string, text: string): void {
  const document = checkPolicy(text, 'trust');
  if (policySize(text) > quotas.trustPolicy) throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${quotas.trustPolicy}`);
  for (const { Principal: element } of statementsOf(document)) {
    if (element === undefined || element === '*') continue;
    for (const value of asList(element.AWS)) {
      // IAM resolves each ARN to the principal's unique id, so it has to exist (troubleshoot_policies.html, "invalid principal in policy").
      if (!principalExists(world, value, accountId))
        throw new AwsError('MalformedPolicyDocument', `Invalid principal in policy: "AWS":"${value}"`);
    }
  }
}

function principalExists(world: World, value: string, accountId: string): boolean {
  if (value === '*' || /^\d{12}$/.test(value)) return true;
  const match = /^arn:([^:]+):(?:iam|sts)::(\d{12}):(root|role|user|assumed-role)(\/.+)?$/.exec(value);
  // Access is delegated "only within a single partition" (access_policies-cross-account-resource-access.html).
  const partition = partitionOfAccount(world, accountId);
  if (!match || match[1] !== partition || partitionOfAccount(world, match[2]!) !== partition) return false;
  const account = accountOf(world, accountOfArn(value));
  const resource = match[3]!;
  if (resource === 'root') return match[4] === undefined;
  if (resource === 'assumed-role') return account.roles.has(match[4]!.split('/')[1]!.toLowerCase());
  const name = value.split('/').at(-1)!.toLowerCase();
  return (resource === 'role' ? account.roles : account.users).get(name)?.arn === value;
}
