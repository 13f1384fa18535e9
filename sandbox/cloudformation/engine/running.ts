import { controlState } from '../../control/state.ts';
import type { World } from '../../core/world.ts';
import { cloudFormationState } from '../state.ts';
import type { Stack } from '../stack.ts';

/** The work in progress in one world. */
export interface Running {
  /** Stacks that a loop drives, by id, each with the end of its loop. */
  busy: Map<string, Promise<void>>;
  stopped: boolean;
  /** Ends every wait at once. */
  wake: Set<() => void>;
}

const running = new WeakMap<World, Running>();

/** The work in progress in this world. */
export function runningOf(world: World): Running {
  return running.get(world) ?? restart(world);
}

/** Resets it, at the first start and after a stop. */
export function restart(world: World): Running {
  const fresh: Running = { busy: new Map(), stopped: false, wake: new Set() };
  running.set(world, fresh);
  return fresh;
}

/** False when the work on a stack has to end: the sandbox stops, or a reset has swept the stack away. */
export function isCurrent(world: World, stack: Stack): boolean {
  return !runningOf(world).stopped && cloudFormationState.of(world).stacks.get(stack.id) === stack;
}

/** Waits for one step of a stack's pace (control state, stackStepMs), or until the sandbox stops. */
export async function pace(world: World): Promise<void> {
  const { stopped, wake } = runningOf(world);
  const ms = controlState.of(world).limits.stackStepMs;
  if (ms <= 0 || stopped) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      wake.delete(done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    wake.add(done);
  });
}
