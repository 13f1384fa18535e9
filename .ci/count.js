import { existsSync, readFileSync } from 'node:fs';

/** Prints the one line that sums up a vitest JSON report, and fails if a test failed, a file broke, or nothing ran. */
const [, , file] = process.argv;
const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { numPassedTests: 0, numFailedTests: 0, success: false };
const passed = report.numPassedTests;
const failed = report.numFailedTests;
const skipped = (report.numPendingTests ?? 0) + (report.numTodoTests ?? 0);
process.stdout.write(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}\n`);
if (!report.success || failed > 0 || passed === 0) process.exitCode = 1;
