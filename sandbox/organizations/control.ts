/** The bodies of the control routes for organizations (README, "Control routes"). */
import { z } from 'zod';
import type { World } from '../core/world.ts';
import { iamState } from '../iam/state.ts';
import { partitionOfArn } from '../core/ids.ts';
import { callerIn } from './generate/caller.ts';
import { generateOrganization } from './generate/index.ts';
import type { GeneratedOrganization } from './generate/index.ts';
import { quotas } from './quotas.ts';
import { organizationsState } from './state.ts';
import type { OrganizationSettings } from './state.ts';
import { organizationOf } from './tree.ts';

const accountId = z.string().regex(/^\d{12}$/, 'must be 12 digits');
const roleName = z.string().regex(/^[\w+=,.@-]{1,64}$/, 'must be a role name');

/** Names of the roles where neither the request nor the partner names them. */
const usualRoleNames = { organization: 'organization-reader', member: 'account-reader' };

export const organizationBody = z
  .strictObject({
    managementAccountId: accountId.optional(),
    accounts: z.int().min(1).max(50_000),
    ous: z.int().min(0).max(quotas.units),
    depth: z.int().min(1).max(quotas.depth).default(3),
    tagsPerAccount: z.int().min(0).max(quotas.tags).default(3),
    suspended: z.int().min(0).default(0),
    brokenMemberRoles: z.int().min(0).default(0),
    seed: z.int().min(0).optional(),
    partition: z.enum(['aws', 'aws-us-gov', 'aws-cn', 'aws-eusc']).default('aws'),
    organizationRoleName: roleName.optional(),
    memberRoleName: roleName.optional(),
    memberRolePath: z
      .string()
      .regex(/^\/([\x21-\x7e]+\/)?$/, 'must be a path')
      .max(512)
      .default('/'),
    callerArn: z.string().optional(),
    withoutActions: z.array(z.string()).default([]),
  })
  .refine((body) => body.suspended + body.brokenMemberRoles < body.accounts, {
    message: 'suspended and brokenMemberRoles together must leave the management account out',
    path: ['accounts'],
  });

export const settingsBody = z.strictObject({
  paths: z.enum(['parent', 'account', 'off']).optional(),
  state: z.boolean().optional(),
  status: z.boolean().optional(),
  emptyPageEvery: z.int().min(0).optional(),
  tokenSeconds: z.number().min(0).optional(),
  tagging: z.strictObject({ lagSeconds: z.number().min(0).optional(), missingAccountIds: z.array(accountId).optional() }).optional(),
});

/** Answers the sentence for a request that cannot be carried out. */
export async function makeOrganization(world: World, body: z.infer<typeof organizationBody>): Promise<GeneratedOrganization | string> {
  const { managementAccountId: id, partition, callerArn } = body;
  const names = { ...usualRoleNames, ...world.partner?.organizationRoleNames };
  const { organizationRoleName = names.organization, memberRoleName = names.member } = body;
  if (organizationRoleName.toLowerCase() === memberRoleName.toLowerCase()) {
    return 'memberRoleName: must be another than organizationRoleName';
  }
  if (id !== undefined && id === world.partner?.accountId) return "managementAccountId: the partner's own account cannot be a customer's.";
  if (id !== undefined && organizationOf(world, id)) return `managementAccountId: ${id} is in an organization already.`;
  if (id !== undefined && hasRole(world, id, [organizationRoleName, memberRoleName])) {
    return `managementAccountId: ${id} has a role of one of those names already.`;
  }
  if (callerArn !== undefined && partitionOfArn(callerArn) !== partition) return `callerArn: must be of the partition ${partition}.`;
  const caller = callerArn === undefined ? await callerIn(world, partition) : { arn: callerArn };
  if (!caller) return 'callerArn: required, because no partner role could assume the roles.';
  return generateOrganization(world, { ...body, organizationRoleName, memberRoleName, caller });
}

function hasRole(world: World, accountId: string, names: readonly string[]): boolean {
  const roles = iamState.of(world).accounts.get(accountId)?.roles;
  return names.some((name) => roles?.has(name.toLowerCase()));
}

export function changeSettings(world: World, body: z.infer<typeof settingsBody>): OrganizationSettings {
  const { settings } = organizationsState.of(world);
  const { tagging, ...rest } = body;
  Object.assign(settings, given(rest));
  Object.assign(settings.tagging, given(tagging ?? {}));
  world.touch(organizationsState);
  return settings;
}

function given(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
