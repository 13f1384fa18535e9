import type { Figures } from './measure.ts';

const seconds = (ms: number): string => (ms / 1_000).toFixed(ms < 100_000 ? 1 : 0);
const wayNames = { tagging: 'tags in bulk', 'by-account': 'tags by account', unlimited: 'no rates' };

const columns: [string, (figures: Figures) => string][] = [
  ['accounts', ({ accounts }) => String(accounts)],
  ['units', ({ organizationalUnits }) => String(organizationalUnits)],
  ['way', ({ way }) => wayNames[way]],
  ['first cloud s', ({ firstCloudMs }) => seconds(firstCloudMs)],
  ['total s', ({ totalMs }) => seconds(totalMs)],
  ['floor s', ({ floor }) => (floor.ms > 0 ? seconds(floor.ms) : '-')],
  ['slowest bucket', ({ floor }) => floor.bucket],
  ['ratio', ({ ratio }) => ratio?.toFixed(2) ?? '-'],
  ['accounts/s', ({ accountsPerSecond }) => accountsPerSecond.toFixed(0)],
  ['CPU s', ({ processorMs }) => (processorMs ? seconds(Object.values(processorMs).reduce((sum, ms) => sum + ms, 0)) : '-')],
  ['of worker', ({ processorMs }) => (processorMs ? seconds(processorMs['worker'] ?? 0) : '-')],
  ['worker MiB', ({ workerPeakMiB }) => String(workerPeakMiB ?? '-')],
  ['actions/account', ({ actionsPerAccount }) => actionsPerAccount.toFixed(3)],
];

/** The figures as a table of Markdown. */
export function formatTable(all: readonly Figures[]): string {
  const rows = [columns.map(([title]) => title), ...all.map((figures) => columns.map(([, value]) => value(figures)))];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`);
  lines.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
  return lines.join('\n');
}
