/** Empties the world (api.md, POST /_sandbox/reset) and sets Muster's own things up again. */
import type { Pace } from '../control/state.ts';
import { emptyWorldState } from '../core/modules.ts';
import type { World } from '../core/world.ts';
import { publishPrincipal } from '../iam/versions.ts';
import type { Role } from '../iam/state.ts';
import type { IssuedCredentials } from '../sts/state.ts';
import { seed } from './seed.ts';

export async function resetWorld(world: World, templatesDir: string, pace: Pace): Promise<void> {
  const role = callerRole(world);
  const credentials = [...world.state.sts.credentials.values()].filter(({ caller }) => caller.kind === 'instance-role');
  const { signing } = world.state.sns;

  // In place: the state file and the modules hold on to this very object.
  Object.assign(world.state, emptyWorldState(pace));
  // The key that signed earlier messages stays AWS's key.
  if (signing) world.state.sns.signing = signing;
  await seed(world, templatesDir);
  if (role) keepCallerIdentity(world, role.id, credentials);
  world.touch('organizations');
}

/** A running worker holds credentials for hours: they and the role behind them stay what they are. */
function keepCallerIdentity(world: World, roleId: string, credentials: readonly IssuedCredentials[]): void {
  const role = callerRole(world);
  if (!role) return;
  role.id = roleId;
  const { limits } = world.state.control;
  const { iamPropagationMs } = limits;
  limits.iamPropagationMs = 0;
  publishPrincipal(world, role);
  limits.iamPropagationMs = iamPropagationMs;
  for (const issued of credentials) world.state.sts.credentials.set(issued.accessKeyId, issued);
}

function callerRole(world: World): Role | undefined {
  const { accountId, callerRoleArn } = world.muster;
  return [...(world.state.iam.accounts.get(accountId)?.roles.values() ?? [])].find(({ arn }) => arn === callerRoleArn);
}
