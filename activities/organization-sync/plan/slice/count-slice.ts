import type { SyncCounts } from '../../../../domain/organizations/sync.ts';
import type { SyncAccountRow } from '../../../../db/schema/rows.ts';
import type { SliceCounts, SliceMode } from '../../../../workflows/contracts/organization-sync.ts';

export type CountedRow = Pick<SyncAccountRow, 'pass' | 'changes' | 'rule' | 'removal' | 'suspensionConfirmed'>;

/**
 * The results of a slice. Counted from the rows, so that a slice that runs again, or continues after an early slice,
 * counts nothing twice.
 */
export function countSlice(rows: readonly CountedRow[]): SliceCounts {
  const planned = rows.filter(({ changes }) => changes !== null);
  const having = (kind: NonNullable<SyncAccountRow['changes']>[number]) => planned.filter(({ changes }) => changes!.includes(kind)).length;
  return {
    inScope: planned.filter(({ pass, rule }) => pass !== null && rule === null).length,
    excluded: planned.filter(({ rule }) => rule !== null).length,
    added: having('add'),
    takenOver: having('take_over'),
    moved: having('move'),
    renamed: having('rename'),
    suspended: having('suspend'),
    toRemove: planned.filter(({ removal }) => removal !== null).length,
    confirmedRemovals: planned.filter(
      ({ removal, rule, suspensionConfirmed }) => removal !== null && suspensionConfirmed && rule?.rule === 'auto_remove_suspended',
    ).length,
  };
}

/**
 * The difference that a slice adds to the counts of its sync. A preview counts planned removals; a sync counts removed
 * clouds only.
 */
export function countsBetween(before: SliceCounts, after: SliceCounts, mode: SliceMode) {
  return {
    inScope: after.inScope - before.inScope,
    excluded: after.excluded - before.excluded,
    added: after.added - before.added,
    takenOver: after.takenOver - before.takenOver,
    moved: after.moved - before.moved,
    renamed: after.renamed - before.renamed,
    suspended: after.suspended - before.suspended,
    removed: mode === 'plan' ? after.toRemove - before.toRemove : 0,
  } satisfies Partial<SyncCounts>;
}
