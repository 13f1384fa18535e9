import { CancellationScope } from '@temporalio/workflow';

/**
 * Runs parts of one piece of work side by side. When one fails, the others are cancelled and waited for, so that nothing
 * goes on behind an ending; it fails then with what came first.
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
