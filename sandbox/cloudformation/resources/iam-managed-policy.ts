import { isDeepStrictEqual } from 'node:util';
import type { Properties, ResourceHandler } from './types.ts';
import { difference, documentText, items, present, tagsOf, unlessMissing } from './values.ts';

const roles = (properties: Properties): string[] => items(properties.Roles);

/** AWS::IAM::ManagedPolicy, attached to roles. */
export const iamManagedPolicy: ResourceHandler = {
  type: 'AWS::IAM::ManagedPolicy',
  properties: ['Description', 'ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles', 'Tags'],
  required: ['PolicyDocument'],
  attributes: ['PolicyArn', 'PolicyId'],
  createOnly: ['Description', 'ManagedPolicyName', 'Path'],
  iamName: 'ManagedPolicyName',

  async create(properties, context) {
    const tags = tagsOf(properties, context.stackTags);
    await context.once('CreatePolicy', async () => {
      const { Policy } = await context.invoke<{ Policy: { Arn: string; PolicyId: string } }>(
        'iam',
        'CreatePolicy',
        present({
          PolicyName: properties.ManagedPolicyName ?? context.generatedName(128),
          Path: properties.Path,
          Description: properties.Description,
          PolicyDocument: documentText(properties.PolicyDocument),
          Tags: tags.length > 0 ? tags : undefined,
        }),
      );
      context.identify(Policy.Arn, { PolicyArn: Policy.Arn, PolicyId: Policy.PolicyId });
    });
    for (const RoleName of roles(properties)) {
      await context.once(`AttachRolePolicy ${RoleName}`, async () => {
        await context.invoke('iam', 'AttachRolePolicy', { RoleName, PolicyArn: context.resource.physicalId! });
      });
    }
  },

  async update(before, after, context) {
    const PolicyArn = context.resource.physicalId!;
    if (!isDeepStrictEqual(before.PolicyDocument, after.PolicyDocument)) {
      const { Policy } = await context.invoke<{ Policy: { DefaultVersionId: string } }>('iam', 'GetPolicy', { PolicyArn });
      await context.invoke('iam', 'CreatePolicyVersion', {
        PolicyArn,
        PolicyDocument: documentText(after.PolicyDocument),
        SetAsDefault: true,
      });
      await context.invoke('iam', 'DeletePolicyVersion', { PolicyArn, VersionId: Policy.DefaultVersionId });
    }
    const { added, removed } = difference(roles(before), roles(after));
    for (const RoleName of added) await context.invoke('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
    for (const RoleName of removed) await unlessMissing(() => context.invoke('iam', 'DetachRolePolicy', { RoleName, PolicyArn }));
  },

  async remove(properties, context) {
    const PolicyArn = context.resource.physicalId!;
    for (const RoleName of roles(properties)) {
      await unlessMissing(() => context.invoke('iam', 'DetachRolePolicy', { RoleName, PolicyArn }));
    }
    await unlessMissing(() => context.invoke('iam', 'DeletePolicy', { PolicyArn }));
  },
};
