import type { HandlerContext, Properties, ResourceHandler } from './types.ts';
import { difference, documentText, items, unlessMissing } from './values.ts';

/** AWS::IAM::Policy: an inline policy of roles and users. */
export const iamPolicy: ResourceHandler = {
  type: 'AWS::IAM::Policy',
  properties: ['PolicyDocument', 'PolicyName', 'Roles', 'Users'],
  required: ['PolicyDocument', 'PolicyName'],
  attributes: ['Id'],
  createOnly: ['PolicyName'],
  iamName: null,

  async create(properties, context) {
    context.identify(String(properties.PolicyName), { Id: String(properties.PolicyName) });
    await put(properties, context);
  },

  async update(before, after, context) {
    await put(after, context);
    await remove(
      difference(items(before.Roles), items(after.Roles)).removed,
      difference(items(before.Users), items(after.Users)).removed,
      context,
    );
  },

  async remove(properties, context) {
    await remove(items(properties.Roles), items(properties.Users), context);
  },
};

async function put(properties: Properties, context: HandlerContext): Promise<void> {
  const PolicyDocument = documentText(properties.PolicyDocument);
  const PolicyName = String(properties.PolicyName);
  for (const RoleName of items(properties.Roles)) await context.invoke('iam', 'PutRolePolicy', { RoleName, PolicyName, PolicyDocument });
  for (const UserName of items(properties.Users)) await context.invoke('iam', 'PutUserPolicy', { UserName, PolicyName, PolicyDocument });
}

async function remove(roles: string[], users: string[], context: HandlerContext): Promise<void> {
  const PolicyName = context.resource.physicalId!;
  for (const RoleName of roles) await unlessMissing(() => context.invoke('iam', 'DeleteRolePolicy', { RoleName, PolicyName }));
  for (const UserName of users) await unlessMissing(() => context.invoke('iam', 'DeleteUserPolicy', { UserName, PolicyName }));
}
