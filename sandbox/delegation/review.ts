/**
 * The checks of AWS's onboarding before it registers a partner's templates and boundaries: "Policy
 * evaluation guidelines" and "Understanding permissions" of the IAM User Guide. Each function answers the objections.
 */
import type { PolicyDocument, PolicyStatement } from '../policy/document.ts';

const elementOrder = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition', '@Enabled'];

/** IAM, KMS, RAM, IAM Identity Center, Organizations, Secrets Manager. */
const sensitiveServices = new Set(['iam', 'kms', 'ram', 'sso', 'sso-directory', 'identitystore', 'organizations', 'secretsmanager']);

/** These act on a role and must be held to roles that carry a registered boundary. */
const boundaryActions = new Set(['iam:attachrolepolicy', 'iam:createrole', 'iam:putrolepermissionsboundary', 'iam:putrolepolicy']);

const isRead = (operation: string): boolean => /^(describe|get|list|simulate|generate)/i.test(operation);

/** Objections to a policy template; `boundaryArns` are the boundaries that the partner registers with it. */
export function reviewTemplate(text: string, partnerDomain: string, boundaryArns: string[]): string[] {
  const parsed = parsePolicy(text);
  if (typeof parsed === 'string') return [parsed];
  return [parsed.Statement].flat().flatMap((statement, index) => {
    const objections = [...reviewShape(statement), ...reviewActions(statement, partnerDomain, boundaryArns)];
    return objections.map((objection) => `statement ${index + 1}: ${objection}`);
  });
}

/** Objections to a permissions boundary. */
export function reviewBoundary(arn: string, text: string): string[] {
  const parsed = parsePolicy(text);
  if (typeof parsed === 'string') return [parsed];
  const objections: string[] = [];
  // AWS spells these ARNs in three ways, so their form decides nothing.
  if (!/^arn:aws:iam::[^:]+:\S+$/.test(arn)) objections.push('it needs the ARN that AWS gave it');
  const length = JSON.stringify(parsed).length;
  if (length > 6144) objections.push(`it has ${length} characters; at most 6,144 are allowed`);
  if (text.includes('@{')) objections.push('its statements cannot be templated');
  return objections;
}

function parsePolicy(text: string): PolicyDocument | string {
  try {
    const policy = JSON.parse(text) as PolicyDocument;
    if (policy.Version !== '2012-10-17') return 'its Version must be 2012-10-17';
    const statements = [policy.Statement].flat();
    return statements.length > 0 && statements.every((statement) => typeof statement === 'object') ? policy : 'it has no statements';
  } catch {
    return 'it is not JSON';
  }
}

function reviewShape(statement: PolicyStatement): string[] {
  const objections: string[] = [];
  const places = Object.keys(statement).map((key) => elementOrder.indexOf(key));
  if (places.includes(-1)) objections.push(`unknown elements (${Object.keys(statement).join(', ')})`);
  // The switch may stand anywhere; the rest is Effect, Action, Resource, Condition in that order.
  const ordered = places.filter((place) => place !== elementOrder.indexOf('@Enabled'));
  if (ordered.some((place, index) => index > 0 && place < ordered[index - 1]!)) {
    objections.push('the elements must be in the order Effect, Action, Resource, Condition');
  }
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') objections.push('Effect must be Allow or Deny');
  if (statement.NotAction !== undefined && statement.Effect !== 'Deny') objections.push('NotAction is allowed in Deny only');
  if (statement.Action === undefined && statement.NotAction === undefined) objections.push('it has no Action');
  if (statement.Resource === undefined && statement.NotResource === undefined) objections.push('it has no Resource');
  const actions = [statement.Action ?? statement.NotAction ?? []].flat().map((action) => action.toLowerCase());
  if (actions.some((action, index) => index > 0 && action < actions[index - 1]!)) {
    objections.push('the actions must be in alphabetical order');
  }
  return objections;
}

function reviewActions(statement: PolicyStatement, partnerDomain: string, boundaryArns: string[]): string[] {
  const actions = [statement.Action ?? []].flat();
  const objections: string[] = [];
  if (actions.some((action) => action === '*' || action.startsWith('*:'))) objections.push('a bare * is not allowed as action');
  if (statement.Effect === 'Allow') {
    for (const action of actions) {
      objections.push(...reviewAllowed(action, statement, partnerDomain, boundaryArns).map((text) => `${action}: ${text}`));
    }
  }
  return objections;
}

function reviewAllowed(action: string, statement: PolicyStatement, partnerDomain: string, boundaryArns: string[]): string[] {
  const [service = '', operation = ''] = action.toLowerCase().split(':');
  const resources = [statement.Resource ?? []].flat();
  if (sensitiveServices.has(service) && /[*?]/.test(operation)) return ['no wildcards in actions of security-sensitive services'];
  if (service === 'organizations' && !isRead(operation)) return ['only read actions are allowed for AWS Organizations'];
  if (service === 'iam' && !isRead(operation)) {
    if (!/role|policy|permissionsboundary|instanceprofile/.test(operation) || /user|group|servicelinked/.test(operation)) {
      return ['of IAM, only writes to roles and policies are allowed'];
    }
    if (boundaryActions.has(`iam:${operation}`) && !hasBoundary(statement, boundaryArns)) {
      return ['needs the condition StringEquals iam:PermissionsBoundary with a registered boundary'];
    }
    if (operation.startsWith('createpolicy') && !resources.every((arn) => arn.includes(`:policy/${partnerDomain}/`))) {
      return [`managed policies may be created under policy/${partnerDomain}/ only`];
    }
    if (operation === 'passrole' && resources.some((arn) => /^(\*|.*role\/?\*)$/.test(arn))) return ['needs a specific role name or path'];
  }
  if (action.toLowerCase() === 'sts:assumerole' && resources.includes('*')) return ['must be scoped'];
  return [];
}

function hasBoundary(statement: PolicyStatement, boundaryArns: string[]): boolean {
  const condition = statement.Condition?.['StringEquals'] ?? {};
  const key = Object.keys(condition).find((name) => name.toLowerCase() === 'iam:permissionsboundary');
  if (key === undefined) return false;
  // A placeholder is filled in per request; CreateDelegationRequest then checks what it was filled with.
  return [condition[key]!].flat().every((arn) => arn.includes('@{') || isAcceptableBoundary(arn, boundaryArns));
}

/** A boundary that the partner registered, or an AWS managed policy. */
export function isAcceptableBoundary(arn: string, boundaryArns: Iterable<string>): boolean {
  return [...boundaryArns].includes(arn) || arn.startsWith('arn:aws:iam::aws:policy/');
}
