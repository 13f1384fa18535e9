/** The errors of a policy document that IAM refuses (reference_policies_grammar.html), as MalformedPolicyDocument 400. */
import { AwsError } from '../core/aws-error.ts';
import type { PolicyDocument, PolicyStatement } from '../policy/document.ts';
import { isConditionOperator } from '../policy/conditions.ts';
import { asList } from '../policy/parse.ts';

/** identity: attached to a role or user, or a session policy. trust: a role's. */
export type PolicyKind = 'identity' | 'trust';

const documentKeys = new Set(['Version', 'Id', 'Statement']);
const statementKeys = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

function malformed(message: string): AwsError {
  return new AwsError('MalformedPolicyDocument', message);
}

/** Gives the parsed document, or throws. Whether named principals exist is the caller's to check. */
export function checkPolicy(text: string, kind: PolicyKind): PolicyDocument {
  const document = parseObject(text);
  for (const key of Object.keys(document)) if (!documentKeys.has(key)) throw malformed('Syntax errors in policy.');
  if (document.Version !== undefined && document.Version !== '2012-10-17' && document.Version !== '2008-10-17') {
    throw malformed('The policy must contain a valid version string');
  }
  const statements = asList(document.Statement as PolicyStatement | PolicyStatement[] | undefined);
  if (statements.length === 0) throw malformed('Syntax errors in policy.');
  const sids = new Set<string>();
  for (const statement of statements) {
    if (typeof statement !== 'object' || statement === null) throw malformed('Syntax errors in policy.');
    checkStatement(statement, kind);
    if (statement.Sid !== undefined && statement.Sid !== '') {
      if (sids.has(statement.Sid)) throw malformed(`Statement IDs (SID) in a single policy must be unique.`);
      sids.add(statement.Sid);
    }
  }
  return document as unknown as PolicyDocument;
}

function parseObject(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('This policy contains invalid Json');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('This policy contains invalid Json');
  return value as Record<string, unknown>;
}

function checkStatement(statement: PolicyStatement, kind: PolicyKind): void {
  for (const key of Object.keys(statement)) if (!statementKeys.has(key)) throw malformed('Syntax errors in policy.');
  if (statement.Sid !== undefined && !/^[0-9A-Za-z]*$/.test(statement.Sid)) {
    throw malformed('Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*');
  }
  if (statement.Effect === undefined) throw malformed('Missing required field Effect');
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') throw malformed(`Invalid effect: ${String(statement.Effect)}`);
  checkActions(statement, kind);
  if (kind === 'trust') checkTrust(statement);
  else checkIdentity(statement);
  for (const operator of Object.keys(statement.Condition ?? {})) {
    if (!isConditionOperator(operator)) throw malformed(`Invalid Condition type : ${operator}.`);
  }
}

function checkActions(statement: PolicyStatement, kind: PolicyKind): void {
  if (statement.Action !== undefined && statement.NotAction !== undefined) throw malformed('Syntax errors in policy.');
  const actions = asList(statement.Action ?? statement.NotAction);
  if (actions.length === 0) throw malformed(kind === 'trust' ? 'Missing required field Action' : 'Policy statement must contain actions.');
  for (const action of actions) {
    if (typeof action !== 'string') throw malformed('Syntax errors in policy.');
    if (kind === 'trust') {
      if (!/^(sts:|\*$)/i.test(action)) throw malformed('AssumeRole policy may only specify STS AssumeRole actions.');
    } else if (action !== '*' && !/^[a-z0-9-]+:[\w*?]+$/i.test(action)) {
      throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
    }
  }
}

function checkTrust(statement: PolicyStatement): void {
  if (statement.Resource !== undefined || statement.NotResource !== undefined) throw malformed('Has prohibited field Resource');
  if (statement.Principal === undefined && statement.NotPrincipal === undefined) throw malformed('Missing required field Principal');
}

function checkIdentity(statement: PolicyStatement): void {
  if (statement.Principal !== undefined || statement.NotPrincipal !== undefined) {
    throw malformed('Policy document should not specify a principal.');
  }
  const resources = asList(statement.Resource ?? statement.NotResource);
  if (resources.length === 0) throw malformed('Policy statement must contain resources.');
  for (const resource of resources) {
    if (typeof resource !== 'string') throw malformed('Syntax errors in policy.');
    // "arn:", partition, service, region, account, resource; variables may stand for any part.
    if (resource !== '*' && !/^arn:(aws[\w-]*|\*|\$\{[^}]+\}):/.test(resource)) {
      throw malformed(`Resource ${resource} must be in ARN format or "*".`);
    }
  }
}
