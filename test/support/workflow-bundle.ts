/** Names the bundle that a whole test run shares; set by the run's global set-up and inherited by its suites. */
export const SHARED_WORKFLOW_BUNDLE = 'MUSTER_TEST_WORKFLOW_BUNDLE';

/** The workflow code as workers run it, bundled once a test run. */
export function testBundle(): { codePath: string } {
  const codePath = process.env[SHARED_WORKFLOW_BUNDLE];
  if (codePath === undefined)
    throw new Error(`${SHARED_WORKFLOW_BUNDLE} is not set: run this file by vitest, whose set-up makes the bundle`);
  return { codePath };
}
