/** The bodies of the control routes for organizations (api.md, "The sandbox"). */
import { z } from 'zod';
import type { World } from '../core/world.ts';
import { iamState } from '../iam/state.ts';
import { generateOrganization } from './generate/index.ts';
import type { GeneratedOrganization } from './generate/index.ts';
import { quotas } from './quotas.ts';
import { organizationsState } from './state.ts';
import type { OrganizationSettings } from './state.ts';
import { organizationOf } from './tree.ts';

const accountId = z.string().regex(/^\d{12}$/, 'must be 12 digits');
const roleName = z.string().regex(/^[\w+=,.@-]{1,64}$/, 'must be a role name');

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
    organizationRoleName: roleName.default('muster-organization'),
    memberRoleName: roleName.default('muster-harvesting'),
    withoutActions: z.array(z.string()).default([]),
  })
  .refine((body) => body.suspended + body.brokenMemberRoles < body.accounts, {
    message: 'suspended and brokenMemberRoles together must leave the management account out',
    path: ['accounts'],
  })
  .refine((body) => body.organizationRoleName.toLowerCase() !== body.memberRoleName.toLowerCase(), {
    message: 'must be another than organizationRoleName',
    path: ['memberRoleName'],
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
  const id = body.managementAccountId;
  if (id === world.muster.accountId) return "managementAccountId: Muster's own account cannot be a customer's.";
  if (id !== undefined && organizationOf(world, id)) return `managementAccountId: ${id} is in an organization already.`;
  if (id !== undefined && hasRole(world, id, [body.organizationRoleName, body.memberRoleName])) {
    return `managementAccountId: ${id} has a role of one of those names already.`;
  }
  return generateOrganization(world, body);
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
