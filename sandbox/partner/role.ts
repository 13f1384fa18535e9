import type { World } from '../core/world.ts';
import { iamState } from '../iam/state.ts';
import type { InstanceProfile, Role } from '../iam/state.ts';

/** The role of the partner's machine. It comes to the machine by its instance profile, never directly. */
export function partnerRole(world: World): { role: Role; profile: InstanceProfile } | undefined {
  const { accountId = '', instanceProfileName = '' } = world.partner ?? {};
  const account = iamState.of(world).accounts.get(accountId);
  const profile = account?.instanceProfiles.get(instanceProfileName.toLowerCase());
  const role = account?.roles.get(profile?.roleName?.toLowerCase() ?? '');
  return role && profile && { role, profile };
}
