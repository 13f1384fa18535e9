import type { World } from '../../core/world.ts';
import { cloudFormationState } from '../state.ts';
import type { Stack } from '../stack.ts';
import { abort } from './abort.ts';
import { advance } from './advance.ts';
import { isCurrent, restart, runningOf } from './running.ts';
import { isInProgress } from './status.ts';

/** Works on a stack in the background until its operation has ended. Does nothing when that is going on already. */
export function work(world: World, stack: Stack): void {
  const { busy, stopped } = runningOf(world);
  if (stopped || busy.has(stack.id)) return;
  busy.set(
    stack.id,
    drive(world, stack).finally(() => busy.delete(stack.id)),
  );
}

/** Resolves when the stack is idle: its operation has ended, or the sandbox stops. */
export async function settled(world: World, stackId: string): Promise<void> {
  await runningOf(world).busy.get(stackId);
}

async function drive(world: World, stack: Stack): Promise<void> {
  while (isInProgress(stack) && isCurrent(world, stack)) {
    await advance(world, stack).catch((error: unknown) => abort(world, stack, error));
  }
}

/** Takes up every stack in progress, also after a restart; the returned function stops all work where it stands. */
export function startWork(world: World): () => void {
  const own = restart(world);
  for (const stack of cloudFormationState.of(world).stacks.values()) work(world, stack);
  return () => {
    own.stopped = true;
    for (const wake of own.wake) wake();
  };
}
