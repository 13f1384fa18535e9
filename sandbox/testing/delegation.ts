import type { World } from '../core/world.ts';
import { delegationState } from '../delegation/state.ts';
import type { StoredDelegationRequest } from '../delegation/state.ts';

/** Every delegation request, oldest first, with what the API does not show, such as the exchange token. */
export function delegationRequests(world: World): StoredDelegationRequest[] {
  return [...delegationState.of(world).requests.values()];
}
