import { failureTypes, organizationRemovedCode } from '../../workflows/contracts/failures.ts';
import { failure } from '../failures.ts';

/** The failure of an activity whose sync or organization was deleted meanwhile. */
export function organizationRemovedFailure(syncId: string): Error {
  return failure(failureTypes.precondition, `The organization of the sync ${syncId} was removed meanwhile`, {
    code: organizationRemovedCode,
  });
}
