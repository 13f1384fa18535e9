import type { ResourceHandler } from './types.ts';
import { difference, items, present, unlessMissing } from './values.ts';

/** AWS::IAM::InstanceProfile. */
export const iamInstanceProfile: ResourceHandler = {
  type: 'AWS::IAM::InstanceProfile',
  properties: ['InstanceProfileName', 'Path', 'Roles'],
  required: ['Roles'],
  attributes: ['Arn'],
  createOnly: ['InstanceProfileName', 'Path'],
  iamName: 'InstanceProfileName',

  async create(properties, context) {
    await context.once('CreateInstanceProfile', async () => {
      const InstanceProfileName = String(properties.InstanceProfileName ?? context.generatedName(128));
      const { InstanceProfile } = await context.invoke<{ InstanceProfile: { Arn: string } }>(
        'iam',
        'CreateInstanceProfile',
        present({ InstanceProfileName, Path: properties.Path }),
      );
      context.identify(InstanceProfileName, { Arn: InstanceProfile.Arn });
    });
    for (const RoleName of items(properties.Roles)) {
      await context.once(`AddRoleToInstanceProfile ${RoleName}`, async () => {
        await context.invoke('iam', 'AddRoleToInstanceProfile', { InstanceProfileName: context.resource.physicalId!, RoleName });
      });
    }
  },

  async update(before, after, context) {
    const InstanceProfileName = context.resource.physicalId!;
    const { added, removed } = difference(items(before.Roles), items(after.Roles));
    // A profile holds one role at a time, so the old one leaves first.
    for (const RoleName of removed) {
      await unlessMissing(() => context.invoke('iam', 'RemoveRoleFromInstanceProfile', { InstanceProfileName, RoleName }));
    }
    for (const RoleName of added) await context.invoke('iam', 'AddRoleToInstanceProfile', { InstanceProfileName, RoleName });
  },

  async remove(properties, context) {
    const InstanceProfileName = context.resource.physicalId!;
    for (const RoleName of items(properties.Roles)) {
      await unlessMissing(() => context.invoke('iam', 'RemoveRoleFromInstanceProfile', { InstanceProfileName, RoleName }));
    }
    await unlessMissing(() => context.invoke('iam', 'DeleteInstanceProfile', { InstanceProfileName }));
  },
};
