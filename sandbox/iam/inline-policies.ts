/** Inline policies of roles and users (API_PutRolePolicy.html and its like). */
import { readFields } from '../core/fields.ts';
import type { Fields } from '../core/fields.ts';
import type { Operation } from '../core/service.ts';
import { permittedPrincipal } from './access.ts';
import type { PrincipalKind } from './accounts.ts';
import { limitExceeded, noSuchEntity } from './accounts.ts';
import { checkPolicy } from './grammar.ts';
import { takePage } from './pages.ts';
import { longName, policyDocument, policySize, quotas, readPage, roleName, userName } from './rules.ts';
import { publishPrincipal } from './versions.ts';
import { encodePolicy } from './views.ts';

const labels = { role: 'Role', user: 'User' } as const;

function readName(fields: Fields, kind: PrincipalKind): string {
  return kind === 'role' ? fields.text('RoleName', roleName) : fields.text('UserName', userName);
}

function put(kind: PrincipalKind): Operation {
  return (input, call) => {
    const fields = readFields(input);
    const name = readName(fields, kind);
    const policyName = fields.text('PolicyName', longName);
    const document = fields.text('PolicyDocument', policyDocument);
    fields.check();
    const principal = permittedPrincipal(call, kind, name, `Put${labels[kind]}Policy`);
    checkPolicy(document, 'identity');
    const others = [...principal.inline].filter(([other]) => other !== policyName).reduce((sum, [, text]) => sum + policySize(text), 0);
    const limit = kind === 'role' ? quotas.inlinePoliciesOfRole : quotas.inlinePoliciesOfUser;
    if (others + policySize(document) > limit) throw limitExceeded(`Maximum policy size of ${limit} bytes exceeded for ${kind} ${name}`);
    principal.inline.set(policyName, document);
    publishPrincipal(call.world, principal);
  };
}

function get(kind: PrincipalKind): Operation {
  return (input, call) => {
    const fields = readFields(input);
    const name = readName(fields, kind);
    const policyName = fields.text('PolicyName', longName);
    fields.check();
    const principal = permittedPrincipal(call, kind, name, `Get${labels[kind]}Policy`);
    const text = principal.inline.get(policyName);
    if (text === undefined) throw noSuchPolicy(kind, policyName);
    return { [`${labels[kind]}Name`]: principal.name, PolicyName: policyName, PolicyDocument: encodePolicy(text) };
  };
}

function remove(kind: PrincipalKind): Operation {
  return (input, call) => {
    const fields = readFields(input);
    const name = readName(fields, kind);
    const policyName = fields.text('PolicyName', longName);
    fields.check();
    const principal = permittedPrincipal(call, kind, name, `Delete${labels[kind]}Policy`);
    if (!principal.inline.delete(policyName)) throw noSuchPolicy(kind, policyName);
    publishPrincipal(call.world, principal);
  };
}

function list(kind: PrincipalKind): Operation {
  return (input, call) => {
    const fields = readFields(input);
    const name = readName(fields, kind);
    const page = readPage(fields);
    fields.check();
    const principal = permittedPrincipal(call, kind, name, `List${labels[kind]}Policies`);
    const { items, rest } = takePage([...principal.inline.keys()], (policyName) => policyName, page);
    return { PolicyNames: items, ...rest };
  };
}

function noSuchPolicy(kind: PrincipalKind, policyName: string): Error {
  return noSuchEntity(`The ${kind} policy with name ${policyName} cannot be found.`);
}

export const inlinePolicyOperations: Record<string, Operation> = {
  PutRolePolicy: put('role'),
  GetRolePolicy: get('role'),
  DeleteRolePolicy: remove('role'),
  ListRolePolicies: list('role'),
  PutUserPolicy: put('user'),
  GetUserPolicy: get('user'),
  DeleteUserPolicy: remove('user'),
  ListUserPolicies: list('user'),
};
