/** A sandbox without its HTTP server, for tests of single services. */
import { administrator } from '../auth/credentials.ts';
import { emptyWorldState, modules } from '../core/modules.ts';
import { partitionOfAccount } from '../organizations/tree.ts';
import { createRuntime } from '../core/runtime.ts';
import type { World } from '../core/world.ts';

export interface TestWorld {
  world: World;
  /** Runs an operation as the account's administrator. */
  as(
    accountId: string,
  ): <T = Record<string, unknown>>(
    service: Parameters<World['invoke']>[0],
    operation: string,
    input?: Record<string, unknown>,
  ) => Promise<T>;
  /** Moves the delegation clock. */
  advance(seconds: number): void;
  /** Ends background work. */
  stop(): void;
}

/** The partner's account in tests, as registration.json names it. */
export const partnerAccount = '909090909090';
export const customerAccount = '111122223333';

export function createTestWorld(): TestWorld {
  const state = emptyWorldState({ iamPropagationMs: 0, stackStepMs: 0 });
  const runtime = createRuntime({ state, baseUrl: 'http://127.0.0.1:1', modules, onTouch: () => {} });
  const { world } = runtime;
  const stops = modules.map((module) => module.start?.(world));
  return {
    world,
    as:
      (accountId) =>
      (service, operation, input = {}) =>
        world.invoke(service, operation, input, administrator(accountId, partitionOfAccount(world, accountId))),
    advance(seconds) {
      state.control.clockOffsetMs += seconds * 1000;
      runtime.clockMoved();
    },
    stop() {
      for (const stop of stops) stop?.();
    },
  };
}
