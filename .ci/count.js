import { existsSync, readFileSync } from 'node:fs';

/**
 * Sums up a vitest JSON report: a line with the names of skipped tests, if any, then the line that counts, with `label`
 * before it if given. Exit code 1 if a test failed, a file broke, or nothing ran.
 *
 *   node .ci/count.js <report.json> [label]
 */
const [, , file, label] = process.argv;
const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { testResults: [], success: false };
const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
const ofStatus = (...statuses) => tests.filter(({ status }) => statuses.includes(status));
const [passed, failed, skipped] = [ofStatus('passed'), ofStatus('failed'), ofStatus('pending', 'skipped', 'todo', 'disabled')];

if (skipped.length > 0) process.stdout.write(`skipped: ${skipped.map(({ fullName }) => fullName.trim()).join('; ')}\n`);
const counts = `${passed.length} passed, ${failed.length} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}`;
process.stdout.write(`${label === undefined ? '' : `${label}: `}${counts}\n`);
if (!report.success || failed.length > 0 || passed.length === 0) process.exitCode = 1;
