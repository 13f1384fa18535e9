import { isDeepStrictEqual } from 'node:util';
import type { StackTag } from '../stack.ts';
import type { HandlerContext, Properties, ResourceHandler } from './types.ts';
import { difference, documentText, items, present, tagsOf, unlessMissing } from './values.ts';

interface InlinePolicy {
  PolicyName: string;
  PolicyDocument: unknown;
}

const inlinePolicies = (properties: Properties): InlinePolicy[] => items<InlinePolicy>(properties.Policies);
const managedPolicies = (properties: Properties): string[] => items(properties.ManagedPolicyArns);

/**
 * AWS::IAM::Role. It calls what the type's public schema names as its handlers' permissions, so that a policy with
 * too few rights fails here as it does at AWS. Deletion takes off only the template's own policies: IAM refuses to
 * delete a role to which others were attached since.
 */
export const iamRole: ResourceHandler = {
  type: 'AWS::IAM::Role',
  properties: [
    'AssumeRolePolicyDocument',
    'Description',
    'ManagedPolicyArns',
    'MaxSessionDuration',
    'Path',
    'PermissionsBoundary',
    'Policies',
    'RoleName',
    'Tags',
  ],
  required: ['AssumeRolePolicyDocument'],
  attributes: ['Arn', 'RoleId'],
  createOnly: ['Path', 'RoleName'],
  iamName: 'RoleName',

  async create(properties, context) {
    const tags = tagsOf(properties, context.stackTags);
    await context.once('CreateRole', async () => {
      const RoleName = properties.RoleName === undefined ? context.generatedName(64) : String(properties.RoleName);
      const { Role } = await context.invoke<{ Role: { Arn: string; RoleId: string } }>(
        'iam',
        'CreateRole',
        present({
          RoleName,
          Path: properties.Path,
          AssumeRolePolicyDocument: documentText(properties.AssumeRolePolicyDocument),
          Description: properties.Description,
          MaxSessionDuration: properties.MaxSessionDuration,
          PermissionsBoundary: properties.PermissionsBoundary,
          Tags: tags.length > 0 ? tags : undefined,
        }),
      );
      context.identify(RoleName, { Arn: Role.Arn, RoleId: Role.RoleId });
    });
    await attach(managedPolicies(properties), context);
    await put(inlinePolicies(properties), context);
    await context.once('GetRole', async () => void (await context.invoke('iam', 'GetRole', { RoleName: nameOf(context) })));
  },

  async update(before, after, context) {
    const RoleName = nameOf(context);
    if (!isDeepStrictEqual(before.AssumeRolePolicyDocument, after.AssumeRolePolicyDocument)) {
      await context.invoke('iam', 'UpdateAssumeRolePolicy', { RoleName, PolicyDocument: documentText(after.AssumeRolePolicyDocument) });
    }
    if (before.Description !== after.Description || before.MaxSessionDuration !== after.MaxSessionDuration) {
      await context.invoke('iam', 'UpdateRole', {
        RoleName,
        Description: after.Description ?? '',
        MaxSessionDuration: after.MaxSessionDuration ?? 3600,
      });
    }
    await updateBoundary(before.PermissionsBoundary, after.PermissionsBoundary, context);
    const attached = difference(managedPolicies(before), managedPolicies(after));
    await attach(attached.added, context);
    await detach(attached.removed, context);
    const unchanged = (policy: InlinePolicy): boolean => inlinePolicies(before).some((one) => isDeepStrictEqual(one, policy));
    await put(
      inlinePolicies(after).filter((policy) => !unchanged(policy)),
      context,
    );
    const names = (properties: Properties): string[] => inlinePolicies(properties).map(({ PolicyName }) => PolicyName);
    await deleteInline(difference(names(before), names(after)).removed, context);
    await updateTags(tagsOf(before, context.stackTagsBefore), tagsOf(after, context.stackTags), context);
  },

  async remove(properties, context) {
    const RoleName = nameOf(context);
    await unlessMissing(async () => {
      await context.invoke('iam', 'GetRole', { RoleName });
      const { AttachedPolicies } = await context.invoke<{ AttachedPolicies?: { PolicyArn: string }[] }>('iam', 'ListAttachedRolePolicies', {
        RoleName,
      });
      const attached = items<{ PolicyArn: string }>(AttachedPolicies).map(({ PolicyArn }) => PolicyArn);
      await detach(
        managedPolicies(properties).filter((arn) => attached.includes(arn)),
        context,
      );
      const { PolicyNames } = await context.invoke<{ PolicyNames?: string[] }>('iam', 'ListRolePolicies', { RoleName });
      const own = inlinePolicies(properties).map(({ PolicyName }) => PolicyName);
      await deleteInline(
        own.filter((name) => items(PolicyNames).includes(name)),
        context,
      );
      await context.once('DeleteRole', async () => void (await context.invoke('iam', 'DeleteRole', { RoleName })));
    });
  },
};

function nameOf(context: HandlerContext): string {
  return context.resource.physicalId!;
}

async function attach(arns: string[], context: HandlerContext): Promise<void> {
  for (const PolicyArn of arns) {
    await context.once(`AttachRolePolicy ${PolicyArn}`, async () => {
      await context.invoke('iam', 'AttachRolePolicy', { RoleName: nameOf(context), PolicyArn });
    });
  }
}

async function detach(arns: string[], context: HandlerContext): Promise<void> {
  for (const PolicyArn of arns) {
    await unlessMissing(() => context.invoke('iam', 'DetachRolePolicy', { RoleName: nameOf(context), PolicyArn }));
  }
}

async function put(policies: InlinePolicy[], context: HandlerContext): Promise<void> {
  for (const { PolicyName, PolicyDocument } of policies) {
    await context.once(`PutRolePolicy ${PolicyName}`, async () => {
      await context.invoke('iam', 'PutRolePolicy', { RoleName: nameOf(context), PolicyName, PolicyDocument: documentText(PolicyDocument) });
    });
  }
}

async function deleteInline(names: string[], context: HandlerContext): Promise<void> {
  for (const PolicyName of names) {
    await unlessMissing(() => context.invoke('iam', 'DeleteRolePolicy', { RoleName: nameOf(context), PolicyName }));
  }
}

async function updateBoundary(before: unknown, after: unknown, context: HandlerContext): Promise<void> {
  if (before === after) return;
  const RoleName = nameOf(context);
  if (after === undefined) await context.invoke('iam', 'DeleteRolePermissionsBoundary', { RoleName });
  else await context.invoke('iam', 'PutRolePermissionsBoundary', { RoleName, PermissionsBoundary: after });
}

async function updateTags(before: StackTag[], after: StackTag[], context: HandlerContext): Promise<void> {
  const RoleName = nameOf(context);
  const { removed } = difference(
    before.map(({ Key }) => Key),
    after.map(({ Key }) => Key),
  );
  if (removed.length > 0) await context.invoke('iam', 'UntagRole', { RoleName, TagKeys: removed });
  const changed = after.filter((tag) => !before.some((one) => isDeepStrictEqual(one, tag)));
  if (changed.length > 0) await context.invoke('iam', 'TagRole', { RoleName, Tags: changed });
}
