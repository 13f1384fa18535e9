/** Managed policies attached to roles and users (API_AttachRolePolicy.html and its like). */
import { readFields } from '../core/fields.ts';
import type { Fields } from '../core/fields.ts';
import { accountOfArn, partitionOfArn } from '../core/ids.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Operation } from '../core/service.ts';
import { permittedPrincipal } from './access.ts';
import type { PrincipalKind } from './accounts.ts';
import { limitExceeded, noSuchEntity } from './accounts.ts';
import { policyText } from './documents.ts';
import { takePage } from './pages.ts';
import { arnRule, pathPrefix, quotas, readPage, roleName, userName } from './rules.ts';
import { publishPrincipal } from './versions.ts';

const labels = { role: 'Role', user: 'User' } as const;

function readName(fields: Fields, kind: PrincipalKind): string {
  return kind === 'role' ? fields.text('RoleName', roleName) : fields.text('UserName', userName);
}

function attach(kind: PrincipalKind): Operation {
  return (input, call) => {
    const fields = readFields(input);
    const name = readName(fields, kind);
    const arn = fields.text('PolicyArn', arnRule);
    fields.check();
    const principal = permittedPrincipal(call, kind, name, `Attach${labels[kind]}Policy`, { 'iam:PolicyARN': arn });
    const owner = accountOfArn(arn);
    const isPolicy = /^arn:[^:]+:iam::(aws|\d{12}):policy\/.+/.test(arn);
    if (!isPolicy || partitionOfArn(arn) !== partitionOfArn(principal.arn)) throw new AwsError('InvalidInput', `ARN ${arn} is not valid.`);
    if ((owner !== 'aws' && owner !== call.caller.accountId) || policyText(call.world, arn) === undefined) {
      throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
    }
    // Attaching what is attached succeeds without a change.
    if (principal.attached.includes(arn)) return;
    if (principal.attached.length >= quotas.managedPoliciesPerPrincipal) {
      throw limitExceeded(`Cannot exceed quota for PoliciesPer${labels[kind]}: ${quotas.managedPoliciesPerPrincipal}`);
    }
    principal.attached.push(arn);
    publishPrincipal(call.world, principal);
  };
}

function detach(kind: PrincipalKind): Operation {
  return (input, call) => {
    const fields = readFields(input);
    const name = readName(fields, kind);
    const arn = fields.text('PolicyArn', arnRule);
    fields.check();
    const principal = permittedPrincipal(call, kind, name, `Detach${labels[kind]}Policy`, { 'iam:PolicyARN': arn });
    if (!principal.attached.includes(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
    principal.attached = principal.attached.filter((attached) => attached !== arn);
    publishPrincipal(call.world, principal);
  };
}

function list(kind: PrincipalKind): Operation {
  return (input, call) => {
    const fields = readFields(input);
    const name = readName(fields, kind);
    const prefix = fields.text('PathPrefix', pathPrefix) ?? '/';
    const page = readPage(fields);
    fields.check();
    const principal = permittedPrincipal(call, kind, name, `ListAttached${labels[kind]}Policies`);
    const within = principal.attached.filter((arn) => arn.slice(arn.indexOf('/')).startsWith(prefix));
    const { items, rest } = takePage(within, (arn) => arn, page);
    return { AttachedPolicies: items.map((arn) => ({ PolicyName: arn.split('/').at(-1), PolicyArn: arn })), ...rest };
  };
}

export const attachmentOperations: Record<string, Operation> = {
  AttachRolePolicy: attach('role'),
  DetachRolePolicy: detach('role'),
  ListAttachedRolePolicies: list('role'),
  AttachUserPolicy: attach('user'),
  DetachUserPolicy: detach('user'),
  ListAttachedUserPolicies: list('user'),
};
