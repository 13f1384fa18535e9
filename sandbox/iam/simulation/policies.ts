/** The policies that a simulation starts from: what is attached to a principal, each under a name of its own. */
import { accountOfArn } from '../../core/ids.ts';
import { AwsError } from '../../core/aws-error.ts';
import type { PolicyDocument } from '../../policy/document.ts';
import type { World } from '../../core/world.ts';
import { organizationOf, policiesOnPath } from '../../organizations/tree.ts';
import { parsePolicy } from '../../policy/parse.ts';
import { findPrincipal, noSuchEntity } from '../accounts.ts';
import type { PrincipalKind } from '../accounts.ts';
import { policyText } from '../documents.ts';
import type { Principal } from '../state.ts';

/** An identity policy in a simulation. */
export interface SourcePolicy {
  /** Its name in MatchedStatements. */
  id: string;
  /** The API's PolicySourceType. */
  type: 'aws-managed' | 'user-managed' | 'role' | 'user' | 'none';
  /** Present for a managed policy. */
  arn?: string;
  /** Present for an inline policy. */
  name?: string;
  document: PolicyDocument;
}

export interface SimulatedPolicies {
  identity: SourcePolicy[];
  boundary?: PolicyDocument;
  /** One list for each level from the root to the account; absent outside of an organization. */
  scps?: PolicyDocument[][];
}

export interface SimulatedPrincipal {
  kind: PrincipalKind;
  principal: Principal;
}

const boundaryThatIsGone: PolicyDocument = { Version: '2012-10-17', Statement: [] };

/**
 * "The ARN of a user, group, or role": sessions and root users are none of these (API model, PolicySourceArn).
 * Throws InvalidInput, or NoSuchEntity when there is no such principal in the account.
 */
export function findSource(world: World, accountId: string, arn: string): SimulatedPrincipal {
  const match = /^arn:[\w-]+:iam::(\d{12}):(user|role|group)\/(?:.+\/)?([\w+=,.@-]+)$/.exec(arn);
  if (!match) throw new AwsError('InvalidInput', `Invalid Entity Arn: ${arn} does not clearly define entity type and name.`);
  const [, owner, kind, name] = match as unknown as [string, string, string, string];
  const principal = kind === 'group' || owner !== accountId ? undefined : findPrincipal(world, kind as PrincipalKind, accountId, name);
  if (principal?.arn !== arn) throw noSuchEntity(`The ${kind} with name ${name} cannot be found.`);
  return { kind: kind as PrincipalKind, principal };
}

/** Everything that counts for a principal of its own account, resource control policies left out as AWS leaves them out. */
export function policiesOfSource(world: World, { kind, principal }: SimulatedPrincipal): SimulatedPolicies {
  const inline = [...principal.inline].map(([name, text]): SourcePolicy => ({
    id: `${kind}_${principal.name}_${name}`,
    type: kind,
    name,
    document: parsePolicy(text),
  }));
  const attached = principal.attached.flatMap((arn): SourcePolicy[] => {
    const text = policyText(world, arn);
    const type = accountOfArn(arn) === 'aws' ? 'aws-managed' : 'user-managed';
    return text === undefined ? [] : [{ id: arn.split('/').at(-1)!, type, arn, document: parsePolicy(text) }];
  });
  const boundary = principal.boundary === undefined ? undefined : policyText(world, principal.boundary);
  const isMember = organizationOf(world, principal.accountId) !== undefined;
  return {
    identity: [...inline, ...attached],
    ...(principal.boundary === undefined ? {} : { boundary: boundary === undefined ? boundaryThatIsGone : parsePolicy(boundary) }),
    ...(isMember ? { scps: policiesOnPath(world, principal.accountId).map((level) => level.map(({ document }) => document)) } : {}),
  };
}
