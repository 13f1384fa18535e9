import { violatedUnique } from '../../db/errors.ts';
import type { ServiceError } from '../problems/service-error.ts';

/**
 * Runs a transaction and turns the violation of a unique constraint into the conflict for that constraint. The database
 * enforces uniqueness, so exactly one of several parallel calls succeeds.
 */
export async function withConflicts<Result>(
  work: () => Promise<Result>,
  conflicts: Record<string, () => ServiceError | Promise<ServiceError>>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const constraint = violatedUnique(error);
    const toConflict = constraint === null ? undefined : conflicts[constraint];
    if (!toConflict) throw error;
    throw await toConflict();
  }
}
