import { CancellationScope } from '@temporalio/workflow';

/**
 * Runs parts of one piece of work in parallel. If a part fails, it cancels the others and waits for them, so that no part
 * outlives the work. Then it fails with the first failure.
 */
export async function together(parts: readonly (() => Promise<void>)[]): Promise<void> {
  const scope = new CancellationScope();
  await scope.run(async () => {
    const failures: unknown[] = [];
    const run = async (part: () => Promise<void>) => {
      try {
        await part();
      } catch (error) {
        failures.push(error);
        scope.cancel();
      }
    };
    await Promise.all(parts.map(run));
    if (failures.length > 0) throw failures[0];
  });
}
