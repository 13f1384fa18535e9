import { failureTypes, organizationRemovedCode } from '../../workflows/contracts/failures.ts';
import { failure } from '../failures.ts';

/** The failure of an activity whose sync or organization was deleted while it ran. */
export function organizationRemovedFailure(syncId: string): Error {
  return failure(failureTypes.precondition, `The organization of the sync ${syncId} was removed while it ran`, {
    code: organizationRemovedCode,
  });
}
