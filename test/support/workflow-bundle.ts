import { workflowBundle } from '../../dev/build/build.ts';

/** The workflow code as workers run it, built by the run's global set-up. */
export function testBundle(): { codePath: string } {
  return { codePath: workflowBundle };
}
