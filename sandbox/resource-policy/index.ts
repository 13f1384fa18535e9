/** Permissions on resources that carry a policy of their own: topics and queues. */
import { accessDenied } from '../core/errors.ts';
import type { Call } from '../core/service.ts';
import type { World } from '../core/world.ts';
import { makeContext } from '../policy/context.ts';
import { effectOnSubject } from '../policy/evaluate.ts';
import { parsePolicy } from '../policy/parse.ts';

export interface ResourceRequest {
  /** e.g. sns:Publish */
  action: string;
  arn: string;
  ownerAccountId: string;
  /** The resource's policy as JSON text. */
  policy: string | undefined;
  context?: Record<string, string>;
}

/**
 * Throws AccessDenied unless the caller may act on the resource: within an account its own policies or the resource's
 * suffice, across accounts both must allow, and a deny in either ends it
 * (IAM User Guide, reference_policies_evaluation-logic_policy-eval-basics-cross-account).
 */
export function authorizeResource(call: Call, request: ResourceRequest): void {
  const { caller } = call;
  const context = makeContext({
    'aws:PrincipalAccount': caller.accountId,
    'aws:PrincipalArn': caller.principalArn,
    'aws:SourceOwner': caller.accountId,
    // AWS would have been reached by TLS.
    'aws:SecureTransport': 'true',
    'aws:CurrentTime': new Date(call.world.now()).toISOString(),
    ...request.context,
  });
  const subject = { accountId: caller.accountId, arn: caller.arn, principalArn: caller.principalArn };
  const access = { action: request.action, resource: request.arn, context };
  const { effect, via } = request.policy
    ? effectOnSubject(parsePolicy(request.policy), subject, access)
    : ({ effect: 'none', via: 'none' } as const);
  const refuse = (reason: string): Error =>
    accessDenied(call.service, `User: ${caller.arn} is not authorized to perform: ${request.action} on resource: ${request.arn} ${reason}`);
  if (effect === 'deny') throw refuse('with an explicit deny in a resource-based policy');
  const sameAccount = caller.accountId === request.ownerAccountId;
  if (!sameAccount && effect !== 'allow') throw refuse(`because no resource-based policy allows the ${request.action} action`);
  // A session policy still limits what a resource policy grants to the role behind the session.
  if (sameAccount && effect === 'allow' && via === 'direct' && caller.sessionPolicies.length === 0) return;
  call.authorize(request.action, request.arn, request.context);
}

export interface ServiceRequest {
  /** The service principal, e.g. sns.amazonaws.com */
  service: string;
  action: string;
  arn: string;
  policy: string | undefined;
  /** Condition keys aws:SourceArn and aws:SourceAccount, where the service sets them. */
  sourceArn?: string;
  sourceAccount?: string;
}

/** Whether a resource's policy lets an AWS service act on it; a service has no policies of its own. */
export function serviceMayUse(world: World, request: ServiceRequest): boolean {
  if (!request.policy) return false;
  const context = makeContext({
    'aws:SourceArn': request.sourceArn,
    'aws:SourceAccount': request.sourceAccount,
    'aws:PrincipalIsAWSService': 'true',
    'aws:SecureTransport': 'true',
    'aws:CurrentTime': new Date(world.now()).toISOString(),
  });
  const access = { action: request.action, resource: request.arn, context };
  return effectOnSubject(parsePolicy(request.policy), { service: request.service }, access).effect === 'allow';
}
