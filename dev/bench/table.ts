import type { Floor } from './floor.ts';
import type { FilterFigures } from './filter/measure.ts';
import type { LimitFigures } from './limits/measure.ts';
import type { Figures } from './measure.ts';
import type { Results } from './parts.ts';
import type { Calls } from './sandbox.ts';
import type { BadgingFigures } from './upkeep/badging.ts';
import type { PreviewFigures } from './upkeep/previews.ts';

const seconds = (ms: number): string => (ms / 1_000).toFixed(ms < 100_000 ? 1 : 0);
const wayNames = { tagging: 'tags in bulk', 'by-account': 'tags by account', unlimited: 'no rates' };
const inAll = (numbers: Record<string, number>): number => Object.values(numbers).reduce((sum, number) => sum + number, 0);

type Columns<Row> = [string, (row: Row) => string][];

/** Both floors, and how many times longer the measured time is. */
const floors: Columns<Pick<Figures, 'floors' | 'ratios'>> = [
  ['floor s', ({ floors }) => floorText(floors.own)],
  ['slowest bucket', ({ floors }) => floors.own.bucket],
  ['ratio', ({ ratios }) => ratioText(ratios.own)],
  ['plain floor s', ({ floors }) => floorText(floors.plain)],
  ['plain ratio', ({ ratios }) => ratioText(ratios.plain)],
];

const floorText = ({ ms }: Floor): string => (ms > 0 ? seconds(ms) : '-');
const ratioText = (ratio: number | null): string => ratio?.toFixed(2) ?? '-';

const imports: Columns<Figures> = [
  ['accounts', ({ accounts }) => String(accounts)],
  ['units', ({ organizationalUnits }) => String(organizationalUnits)],
  ['way', ({ way }) => wayNames[way]],
  ['first cloud s', ({ firstCloudMs }) => seconds(firstCloudMs)],
  ['total s', ({ totalMs }) => seconds(totalMs)],
  ...floors,
  ['accounts/s', ({ accountsPerSecond }) => accountsPerSecond.toFixed(0)],
  ['CPU s', ({ processorMs }) => (processorMs ? seconds(inAll(processorMs)) : '-')],
  ['of worker', ({ processorMs }) => (processorMs ? seconds(processorMs['worker'] ?? 0) : '-')],
  ['worker MiB', ({ workerPeakMiB }) => String(workerPeakMiB ?? '-')],
  ['actions/account', ({ actionsPerAccount }) => actionsPerAccount.toFixed(3)],
];

const badging: Columns<BadgingFigures> = [
  ['accounts', ({ accounts }) => String(accounts)],
  ['changed', ({ changed }) => String(changed)],
  ['total s', ({ totalMs }) => seconds(totalMs)],
  ['floor by account s', ({ floorByAccount }) => seconds(floorByAccount.ms)],
  ['calls', ({ calls }) => formatCalls(calls)],
  [
    'rows written',
    ({ writes }) =>
      Object.entries(writes.rows)
        .map(([table, rows]) => `${rows} ${table}`)
        .join(', '),
  ],
  ['log MiB', ({ writes }) => writes.logMiB.toFixed(1)],
  ['worker MiB', ({ workerPeakMiB }) => String(workerPeakMiB ?? '-')],
];

const previews: Columns<PreviewFigures> = [
  ['preview of', ({ of }) => of],
  ['accounts', ({ accounts }) => String(accounts)],
  ['total s', ({ totalMs }) => seconds(totalMs)],
  ...floors,
  ['calls', ({ calls }) => formatCalls(calls)],
  ['worker MiB', ({ workerPeakMiB }) => String(workerPeakMiB ?? '-')],
];

const filters: Columns<FilterFigures> = [
  ['filter', ({ filter }) => filter],
  ['badges', ({ badges }) => String(badges)],
  ['found', ({ found }) => String(found)],
  ['of clouds', ({ clouds, badgesOfEach }) => `${clouds} x ${badgesOfEach}`],
  ['min ms', ({ minMs }) => minMs.toFixed(1)],
  ['median ms', ({ medianMs }) => medianMs.toFixed(1)],
  ['p95 ms (goal: 50)', ({ p95Ms }) => p95Ms.toFixed(1)],
  ['indexes', ({ plans }) => [...new Set(plans.flatMap(({ indexes }) => indexes))].join(', ')],
  ['read whole', ({ plans }) => [...new Set(plans.flatMap(({ scannedWhole }) => scannedWhole))].join(', ') || '-'],
];

const limits: Columns<LimitFigures> = [
  ['misbehaviour of another client', ({ misbehaviour }) => misbehaviour],
  ['its answers', ({ misbehaved }) => formatStatuses(misbehaved)],
  ['reads', ({ reads }) => String(reads)],
  ['failed', ({ failed }) => String(failed)],
  ['p50 ms', ({ p50Ms }) => p50Ms.toFixed(1)],
  ['p99 ms', ({ p99Ms }) => p99Ms.toFixed(1)],
];

function formatStatuses(statuses: Record<string, number>): string {
  const texts = Object.entries(statuses).map(([status, count]) => `${count} x ${status}`);
  return texts.join(', ') || '-';
}

function formatCalls(calls: Calls): string {
  const texts = Object.entries(calls).map(
    ([name, { count, throttled }]) => `${count} ${name}${throttled > 0 ? ` (${throttled} throttled)` : ''}`,
  );
  return texts.join(', ') || '-';
}

/** Formats the figures as Markdown tables, and the query plans of the filters. */
export function formatResults(results: Results): string {
  const parts = [
    results.imports && formatTable(imports, results.imports),
    results.badging && formatTable(badging, [results.badging]),
    results.previews && formatTable(previews, results.previews),
    results.filters && formatTable(filters, results.filters),
    results.limits && formatTable(limits, results.limits),
    results.filters?.map(formatPlans).join('\n'),
  ];
  return parts.filter(Boolean).join('\n\n');
}

function formatPlans({ filter, plans }: FilterFigures): string {
  const steps = plans.flatMap((plan) => [`  ${plan.executionMs.toFixed(1)} ms`, ...plan.steps.map((step) => `    ${step}`)]);
  return [`${filter}:`, ...steps].join('\n');
}

function formatTable<Row>(columns: Columns<Row>, all: readonly Row[]): string {
  const rows = [columns.map(([title]) => title), ...all.map((figures) => columns.map(([, value]) => value(figures)))];
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`);
  lines.splice(1, 0, `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`);
  return lines.join('\n');
}
