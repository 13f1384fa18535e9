import { violatedUnique } from '../../db/errors.ts';
import type { ServiceError } from '../problems/service-error.ts';

/**
 * Runs a transaction and turns the unique constraint that it ran into, by name, into its conflict. Uniqueness is the
 * database's job, so that of any number of parallel calls exactly one wins.
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
