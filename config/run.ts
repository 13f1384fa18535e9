import { ConfigurationError } from './environment.ts';

/**
 * Runs a program's main function. A configuration fault is told in plain words on standard error and ends with exit
 * code 1; anything else that escapes is a defect and shows its stack.
 */
export async function runProgram(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
