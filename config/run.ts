import { ConfigurationError } from './environment.ts';

/**
 * Runs a program's main function. A ConfigurationError prints its message on standard error and sets exit code 1. Any other
 * error is a defect and ends the program with its stack.
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
