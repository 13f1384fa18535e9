/** Customer managed policies, and reading AWS's own (API_CreatePolicy.html and its like). A policy has one version here. */
import { readFields } from '../core/fields.ts';
import { accountOfArn, partitionOfArn, uniqueId } from '../core/ids.ts';
import { AwsError } from '../core/aws-error.ts';
import type { Call, Operation } from '../core/service.ts';
import type { World } from '../core/world.ts';
import { accountOf, alreadyExists, limitExceeded, noSuchEntity } from './accounts.ts';
import { policyText } from './documents.ts';
import { checkPolicy } from './grammar.ts';
import { takePage } from './pages.ts';
import { arnRule, longName, pathPrefix, policyDocument, policyPath, policySize, quotas, readPage } from './rules.ts';
import type { ManagedPolicy } from './state.ts';
import { readTags, requestTagContext } from './tagging.ts';
import { encodePolicy, policyView } from './views.ts';

const createPolicy: Operation = (input, call) => {
  const fields = readFields(input);
  const name = fields.text('PolicyName', longName);
  const path = fields.text('Path', policyPath) ?? '/';
  const document = fields.text('PolicyDocument', policyDocument);
  const description = fields.text('Description', { max: 1000 }) ?? '';
  fields.check();
  const tags = readTags(fields);
  const { world, caller } = call;
  const arn = `arn:${partitionOfArn(caller.arn)}:iam::${caller.accountId}:policy${path}${name}`;
  call.authorize('iam:CreatePolicy', arn, requestTagContext(tags));
  const { policies } = accountOf(world, caller.accountId);
  if ([...policies.values()].some((policy) => policy.name.toLowerCase() === name.toLowerCase())) {
    throw alreadyExists(`A policy called ${name} already exists. Duplicate names are not allowed.`);
  }
  if (policies.size >= quotas.policiesPerAccount)
    throw limitExceeded(`Cannot exceed quota for PoliciesPerAccount: ${quotas.policiesPerAccount}`);
  checkPolicy(document, 'identity');
  if (policySize(document) > quotas.managedPolicy) throw limitExceeded(`Cannot exceed quota for PolicySize: ${quotas.managedPolicy}`);
  const policy: ManagedPolicy = { name, path, id: uniqueId('ANPA'), arn, description, createdAt: Date.now(), document, tags };
  policies.set(arn, policy);
  world.touch();
  return { Policy: policyView(policy, { attachments: 0, boundaries: 0 }) };
};

const getPolicy: Operation = (input, call) => {
  const policy = readPolicy(input, call, 'GetPolicy');
  return { Policy: policyView(policy, usageOf(call.world, call.caller.accountId, policy.arn)) };
};

const getPolicyVersion: Operation = (input, call) => {
  const fields = readFields(input);
  const versionId = fields.text('VersionId', { required: true, pattern: /v[1-9][0-9]*(\.[A-Za-z0-9-]*)?/ });
  fields.check();
  const policy = readPolicy(input, call, 'GetPolicyVersion');
  if (versionId !== 'v1') throw noSuchEntity(`Policy ${policy.arn} version ${versionId} does not exist or is not attachable.`);
  return {
    PolicyVersion: {
      Document: encodePolicy(policy.document),
      VersionId: 'v1',
      IsDefaultVersion: true,
      CreateDate: new Date(policy.createdAt),
    },
  };
};

const deletePolicy: Operation = (input, call) => {
  const policy = readPolicy(input, call, 'DeletePolicy');
  if (accountOfArn(policy.arn) === 'aws') throw new AwsError('AccessDenied', 'AWS managed policies cannot be deleted.', 403);
  const usage = usageOf(call.world, call.caller.accountId, policy.arn);
  if (usage.attachments > 0) throw new AwsError('DeleteConflict', 'Cannot delete a policy attached to entities.', 409);
  if (usage.boundaries > 0) throw new AwsError('DeleteConflict', 'Cannot delete a policy that is used as a permissions boundary.', 409);
  accountOf(call.world, call.caller.accountId).policies.delete(policy.arn);
  call.world.touch();
};

/** Customer managed policies only: `Scope` AWS answers an empty list, All the same as Local. */
const listPolicies: Operation = (input, call) => {
  const fields = readFields(input);
  const scope = fields.text('Scope', { values: ['All', 'AWS', 'Local'] }) ?? 'All';
  const prefix = fields.text('PathPrefix', pathPrefix) ?? '/';
  const onlyAttached = fields.boolean('OnlyAttached') ?? false;
  const page = readPage(fields);
  fields.check();
  const { world, caller } = call;
  call.authorize('iam:ListPolicies', `arn:${partitionOfArn(caller.arn)}:iam::${caller.accountId}:policy/`);
  const all = scope === 'AWS' ? [] : [...accountOf(world, caller.accountId).policies.values()];
  const wanted = all.filter(
    ({ path, arn }) => path.startsWith(prefix) && (!onlyAttached || usageOf(world, caller.accountId, arn).attachments > 0),
  );
  const { items, rest } = takePage(wanted, ({ arn }) => arn, page);
  return { Policies: items.map((policy) => policyView(policy, usageOf(world, caller.accountId, policy.arn))), ...rest };
};

function readPolicy(input: Record<string, unknown>, call: Call, action: string): ManagedPolicy {
  const fields = readFields(input);
  const arn = fields.text('PolicyArn', arnRule);
  fields.check();
  call.authorize(`iam:${action}`, arn);
  const owner = accountOfArn(arn);
  const own = owner === call.caller.accountId ? accountOf(call.world, owner).policies.get(arn) : undefined;
  if (own) return own;
  const text = owner === 'aws' ? policyText(call.world, arn) : undefined;
  if (text === undefined) throw noSuchEntity(`Policy ${arn} was not found.`);
  const name = arn.split('/').at(-1)!;
  const path = arn.slice(arn.indexOf('/'), arn.length - name.length);
  return { name, path, id: 'ANPAAWSMANAGEDPOLICY1', arn, description: '', createdAt: 0, document: text, tags: new Map() };
}

function usageOf(world: World, accountId: string, arn: string): { attachments: number; boundaries: number } {
  const account = accountOf(world, accountId);
  const principals = [...account.roles.values(), ...account.users.values()];
  return {
    attachments: principals.filter(({ attached }) => attached.includes(arn)).length,
    boundaries: principals.filter(({ boundary }) => boundary === arn).length,
  };
}

export const managedPolicyOperations: Record<string, Operation> = {
  CreatePolicy: createPolicy,
  GetPolicy: getPolicy,
  GetPolicyVersion: getPolicyVersion,
  DeletePolicy: deletePolicy,
  ListPolicies: listPolicies,
};
