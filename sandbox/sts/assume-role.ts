/** sts:AssumeRole (API_AssumeRole.html). */
import { accessRequest, denialSentence, policiesOf } from '../auth/authorize.ts';
import { accessDenied } from '../core/errors.ts';
import { readFields } from '../core/fields.ts';
import { accountOfArn, partitionOfArn } from '../core/ids.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Call, Operation } from '../core/service.ts';
import type { Caller } from '../core/caller.ts';
import type { PolicyDocument } from '../policy/document.ts';
import { policyText } from '../iam/documents.ts';
import { checkPolicy } from '../iam/grammar.ts';
import { visiblePrincipal } from '../iam/versions.ts';
import { isClosedAccount, organizationOf, resourcePoliciesOnPath } from '../organizations/tree.ts';
import { evaluateIdentity, effectOnSubject } from '../policy/evaluate.ts';
import { parsePolicy } from '../policy/parse.ts';

const chainedLimitSeconds = 3_600;

export const assumeRole: Operation = (input, call) => {
  const fields = readFields(input);
  const roleArn = fields.text('RoleArn', { required: true, min: 20, max: 2048 });
  const sessionName = fields.text('RoleSessionName', { required: true, min: 2, max: 64, pattern: /[\w+=,.@-]*/ });
  const externalId = fields.text('ExternalId', { min: 2, max: 1224, pattern: /[\w+=,.@:/-]*/ });
  const duration = fields.integer('DurationSeconds', { min: 900, max: 43_200 }) ?? 3_600;
  const policy = fields.text('Policy', { min: 1, pattern: /[\u0009\u000A\u000D\u0020-\u00FF]+/ });
  const policyArns = fields.list<{ arn?: string }>('PolicyArns');
  const tags = fields.list('Tags');
  fields.check();
  // No way leads from one partition into another (AWS General Reference, "AWS Regions and ARNs").
  const partition = partitionOfArn(call.caller.arn);
  if (!/^arn:[^:]+:iam::\d{12}:role\/.+/.test(roleArn) || partitionOfArn(roleArn) !== partition) {
    throw new AwsError('ValidationError', `${roleArn} is invalid`);
  }
  if (tags.length > 0 || input.SerialNumber !== undefined) {
    throw new AwsError('ValidationError', 'The sandbox knows neither session tags nor MFA in AssumeRole.');
  }

  const role = permittedRole(call, roleArn, sessionName, externalId);
  // Only sessions got by AssumeRole chain; an instance role's do not (id_roles.html, "Role chaining").
  if (call.caller.kind === 'role-session' && duration > chainedLimitSeconds) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining',
    );
  }
  if (duration > role.maxSessionDuration) {
    throw new AwsError('ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
  const session = sessionPolicies(
    call,
    policy,
    policyArns.map(({ arn = '' }) => arn),
  );

  const accountId = accountOfArn(roleArn);
  const caller: Caller = {
    accountId,
    // A session's ARN leaves the role's path out (reference_identifiers.html).
    arn: `arn:${partition}:sts::${accountId}:assumed-role/${roleArn.split('/').at(-1)}/${sessionName}`,
    userId: `${role.id}:${sessionName}`,
    principalArn: roleArn,
    kind: 'role-session',
    sessionPolicies: session.documents,
    expiresAt: Date.now() + duration * 1000,
  };
  return {
    Credentials: call.world.issueCredentials(caller),
    AssumedRoleUser: { AssumedRoleId: caller.userId, Arn: caller.arn },
    ...(session.packedSize === undefined ? {} : { PackedPolicySize: session.packedSize }),
  };
};

/**
 * The role as STS sees it, if the caller may assume it. A missing role, a trust policy that does not name the caller, a
 * wrong external id and a missing permission of the caller's own all give the same answer.
 */
function permittedRole(
  call: Call,
  roleArn: string,
  sessionName: string,
  externalId: string | undefined,
): { id: string; maxSessionDuration: number } {
  const { caller, world, region } = call;
  const refused = (): AwsError =>
    accessDenied('sts', `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`);
  // "A suspended account … can't be accessed" through its roles (orgs_manage_accounts_account_state.html).
  if (isClosedAccount(world, accountOfArn(roleArn))) throw refused();
  const role = visiblePrincipal(world, roleArn);
  if (!role?.trustPolicy || role.maxSessionDuration === undefined) throw refused();

  const request = accessRequest(world, caller, {
    action: 'sts:AssumeRole',
    resource: roleArn,
    region,
    context: { 'sts:RoleSessionName': sessionName, ...(externalId === undefined ? {} : { 'sts:ExternalId': externalId }) },
  });
  const subject = { accountId: caller.accountId, arn: caller.arn, principalArn: caller.principalArn };
  const trust = effectOnSubject(parsePolicy(role.trustPolicy), subject, request);
  if (trust.effect !== 'allow') throw refused();
  // RCPs "support sts" and hold for the roles of members, for every caller (orgs_manage_policies_rcps.html). AWS names
  // them only to callers of the same organization (troubleshoot_access-denied.html).
  const resourcePolicies = resourcePoliciesOnPath(world, accountOfArn(roleArn));
  if (resourcePolicies.some((document) => effectOnSubject(document, subject, request).effect === 'deny')) {
    const isSame = organizationOf(world, caller.accountId)?.id === organizationOf(world, accountOfArn(roleArn))?.id;
    if (!isSame) throw refused();
    throw accessDenied('sts', `${refused().message} with an explicit deny in a resource control policy`);
  }

  const own = evaluateIdentity(policiesOf(world, caller), request);
  // In the same account a trust policy that names the principal itself suffices; across accounts both sides must allow
  // (reference_policies_evaluation-logic-cross-account.html). An explicit deny, boundary or session policy always counts.
  const suffices =
    caller.accountId === accountOfArn(roleArn) && trust.via === 'direct' && own.denial === 'implicit' && own.by === 'identity';
  // An SCP of the caller's own organization is the one refusal with a sentence of its own (troubleshoot_access-denied.html).
  if (own.by === 'scp') throw accessDenied('sts', denialSentence(caller, { action: 'sts:AssumeRole', resource: roleArn, region }, own));
  if (!own.allowed && !suffices) throw refused();
  return { id: role.id, maxSessionDuration: role.maxSessionDuration };
}

/** The session policies, and how much of their space they take in percent (our packing is plain length over the limit). */
function sessionPolicies(call: Call, policy: string | undefined, arns: string[]): { documents: PolicyDocument[]; packedSize?: number } {
  if (policy === undefined && arns.length === 0) return { documents: [] };
  if (arns.length > 10)
    throw new AwsError(
      'ValidationError',
      "1 validation error detected: Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to 10",
    );
  const statements = arns.flatMap((arn) => {
    const text = policyText(call.world, arn);
    if (text === undefined) throw new AwsError('MalformedPolicyDocument', `Policy ${arn} does not exist or is not attachable.`);
    return parsePolicy(text).Statement;
  });
  if (policy !== undefined) statements.push(...[checkPolicy(policy, 'identity').Statement].flat());
  const packedSize = Math.ceil(((policy?.length ?? 0) / 2048) * 100);
  // "2,048 characters" for the passed policy and ARNs together (API_AssumeRole.html, Policy)
  if (packedSize > 100) throw new AwsError('PackedPolicyTooLarge', `PackedPolicySize: ${packedSize}% exceeds the limit of 100%.`);
  // Inline and managed session policies together are one layer: what any of them allows.
  return { documents: [{ Version: '2012-10-17', Statement: statements }], packedSize };
}
