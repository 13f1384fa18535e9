/** Empties the world (POST /_sandbox/reset) and sets the partner's own things up again. */
import { controlState } from '../control/state.ts';
import type { Pace } from '../control/state.ts';
import { publishPrincipal } from '../iam/versions.ts';
import { partnerRole } from '../partner/role.ts';
import { setUpPartner } from '../partner/set-up.ts';
import { snsState } from '../sns/state.ts';
import { stsState } from '../sts/state.ts';
import type { IssuedCredentials } from '../sts/state.ts';
import { organizationsState } from '../organizations/state.ts';
import { slices } from './modules.ts';
import { fillState } from './state.ts';
import type { World } from './world.ts';

export async function resetWorld(world: World, pace: Pace): Promise<void> {
  const roleId = partnerRole(world)?.role.id;
  const credentials = [...stsState.of(world).credentials.values()].filter(({ caller }) => caller.kind === 'instance-role');
  const { signing } = snsState.of(world);

  // In place: the state file and the modules hold on to this very object.
  Object.assign(world.state, fillState(slices));
  Object.assign(controlState.of(world).limits, pace);
  // The key that signed earlier messages stays AWS's key.
  if (signing) snsState.of(world).signing = signing;
  await setUpPartner(world);
  if (roleId !== undefined) keepIdentity(world, roleId, credentials);
  world.touch(organizationsState);
}

/** A running worker of the partner holds credentials for hours: they and the role behind them stay what they are. */
function keepIdentity(world: World, roleId: string, credentials: readonly IssuedCredentials[]): void {
  const role = partnerRole(world)?.role;
  if (!role) return;
  role.id = roleId;
  const { limits } = controlState.of(world);
  const { iamPropagationMs } = limits;
  limits.iamPropagationMs = 0;
  publishPrincipal(world, role);
  limits.iamPropagationMs = iamPropagationMs;
  for (const issued of credentials) stsState.of(world).credentials.set(issued.accessKeyId, issued);
}
