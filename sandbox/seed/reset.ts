/** Empties the world (api.md, POST /_sandbox/reset) and sets Muster's own things up again. */
import { controlState } from '../control/state.ts';
import type { Pace } from '../control/state.ts';
import { slices } from '../core/modules.ts';
import { fillState } from '../core/state.ts';
import type { World } from '../core/world.ts';
import { iamState } from '../iam/state.ts';
import { publishPrincipal } from '../iam/versions.ts';
import type { Role } from '../iam/state.ts';
import { organizationsState } from '../organizations/state.ts';
import { snsState } from '../sns/state.ts';
import { stsState } from '../sts/state.ts';
import type { IssuedCredentials } from '../sts/state.ts';
import { seed } from './seed.ts';

export async function resetWorld(world: World, templatesDir: string, pace: Pace): Promise<void> {
  const role = callerRole(world);
  const credentials = [...stsState.of(world).credentials.values()].filter(({ caller }) => caller.kind === 'instance-role');
  const { signing } = snsState.of(world);

  // In place: the state file and the modules hold on to this very object.
  Object.assign(world.state, fillState(slices));
  Object.assign(controlState.of(world).limits, pace);
  // The key that signed earlier messages stays AWS's key.
  if (signing) snsState.of(world).signing = signing;
  await seed(world, templatesDir);
  if (role) keepCallerIdentity(world, role.id, credentials);
  world.touch(organizationsState);
}

/** A running worker holds credentials for hours: they and the role behind them stay what they are. */
function keepCallerIdentity(world: World, roleId: string, credentials: readonly IssuedCredentials[]): void {
  const role = callerRole(world);
  if (!role) return;
  role.id = roleId;
  const { limits } = controlState.of(world);
  const { iamPropagationMs } = limits;
  limits.iamPropagationMs = 0;
  publishPrincipal(world, role);
  limits.iamPropagationMs = iamPropagationMs;
  for (const issued of credentials) stsState.of(world).credentials.set(issued.accessKeyId, issued);
}

function callerRole(world: World): Role | undefined {
  const { accountId, callerRoleArn } = world.muster;
  return [...(iamState.of(world).accounts.get(accountId)?.roles.values() ?? [])].find(({ arn }) => arn === callerRoleArn);
}
