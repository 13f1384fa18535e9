/** Whether a caller may do something, by its organization's SCPs, its identity policies, boundary and session policies. */
import { accessDenied } from '../core/errors.ts';
import { accountOfArn } from '../core/ids.ts';
import type { Caller } from '../core/caller.ts';
import type { PolicyDocument } from '../policy/document.ts';
import type { ServiceName } from '../core/service-name.ts';
import type { World } from '../core/world.ts';
import { visiblePrincipal } from '../iam/versions.ts';
import { organizationOf, pathOf, policiesOnPath } from '../organizations/tree.ts';
import { makeContext } from '../policy/context.ts';
import { evaluateIdentity } from '../policy/evaluate.ts';
import type { AccessRequest, Decision, IdentityPolicies } from '../policy/evaluate.ts';
import { parsePolicy } from '../policy/parse.ts';

export interface AccessQuestion {
  action: string;
  /** An ARN, or `*` for actions without a resource. */
  resource: string;
  region: string;
  /** The service that calls on the caller's behalf, e.g. cloudformation. */
  via?: ServiceName;
  context?: Record<string, string | readonly string[]>;
}

const allowEverything: PolicyDocument = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: '*', Resource: '*' } };
const boundaryThatIsGone: PolicyDocument = { Version: '2012-10-17', Statement: [] };

/** The policies that count for a caller now; a principal that was deleted, or created again under its name, has none. */
export function policiesOf(world: World, caller: Caller): IdentityPolicies {
  const session = caller.sessionPolicies;
  // SCPs restrict every principal of a member account, its root user too (orgs_manage_policies_scps.html).
  const scps = policiesOnPath(world, caller.accountId).map((level) => level.map(({ document }) => document));
  if (isRoot(caller) || caller.kind === 'service') return { scps, identity: [allowEverything], session };
  const principal = visiblePrincipal(world, caller.principalArn);
  if (!principal || !caller.userId.startsWith(principal.id)) return { scps, identity: [], session };
  return {
    scps,
    identity: principal.policies.map(parsePolicy),
    ...(principal.boundary === undefined
      ? {}
      : { boundary: principal.boundary === '' ? boundaryThatIsGone : parsePolicy(principal.boundary) }),
    session,
  };
}

function isRoot(caller: Caller): boolean {
  return /^arn:[^:]+:iam::\d{12}:root$/.test(caller.principalArn);
}

export function accessRequest(world: World, caller: Caller, question: AccessQuestion): AccessRequest {
  return { action: question.action, resource: question.resource, context: contextOf(world, caller, question) };
}

export function decide(world: World, caller: Caller, question: AccessQuestion): Decision {
  return evaluateIdentity(policiesOf(world, caller), accessRequest(world, caller, question));
}

/** Throws AccessDenied in AWS's words (troubleshoot_access-denied.html) unless the caller may. */
export function requireAccess(world: World, service: ServiceName, caller: Caller, question: AccessQuestion): void {
  const decision = decide(world, caller, question);
  if (!decision.allowed) throw accessDenied(service, denialSentence(caller, question, decision));
}

/** AWS's sentence for a caller that is denied. */
export function denialSentence(caller: Caller, question: AccessQuestion, decision: Decision): string {
  const start = `User: ${caller.arn} is not authorized to perform: ${question.action} on resource: ${question.resource}`;
  const kind = {
    scp: 'service control policy',
    identity: 'identity-based policy',
    boundary: 'permissions boundary',
    session: 'session policy',
  }[decision.by ?? 'identity'];
  if (decision.denial === 'explicit') return `${start} with an explicit deny in ${kind.startsWith('i') ? 'an' : 'a'} ${kind}`;
  return `${start} because no ${kind} allows the ${question.action} action`;
}

/** Global condition keys (reference_policies_condition-keys.html) and the question's own. */
function contextOf(world: World, caller: Caller, question: AccessQuestion): AccessRequest['context'] {
  const principal = visiblePrincipal(world, caller.principalArn);
  const organization = organizationOf(world, caller.accountId);
  const tags = Object.fromEntries([...(principal?.tags ?? [])].map(([key, value]) => [`aws:PrincipalTag/${key}`, value]));
  const now = new Date();
  return makeContext(
    {
      'aws:PrincipalArn': caller.principalArn,
      'aws:PrincipalAccount': caller.accountId,
      'aws:PrincipalType': caller.principalArn.includes(':role/')
        ? 'AssumedRole'
        : caller.principalArn.endsWith(':root')
          ? 'Account'
          : 'User',
      'aws:PrincipalOrgID': organization?.id,
      'aws:PrincipalIsAWSService': 'false',
      'aws:ResourceOrgID': organizationOf(world, accountOfArn(question.resource) || caller.accountId)?.id,
      'aws:PrincipalOrgPaths': organization && [pathOf(organization, caller.accountId)],
      'aws:userid': caller.userId,
      'aws:username': caller.principalArn.includes(':user/') ? caller.principalArn.split('/').at(-1) : undefined,
      'aws:RequestedRegion': question.region,
      'aws:CurrentTime': now.toISOString(),
      'aws:EpochTime': String(Math.floor(now.getTime() / 1000)),
      'aws:ResourceAccount': accountOfArn(question.resource) || caller.accountId,
      // AWS would have been reached by TLS and from outside; a policy that insists on it must not fail here.
      'aws:SecureTransport': 'true',
      'aws:SourceIp': '127.0.0.1',
      'aws:ViaAWSService': String(question.via !== undefined),
      'aws:CalledVia': question.via === undefined ? undefined : [`${question.via}.amazonaws.com`],
    },
    tags,
    question.context ?? {},
  );
}
