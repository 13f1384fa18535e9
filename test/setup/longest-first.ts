import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Short unit tests come last: they fill both cores until the end, with no long file left to wait for. */
const projects = ['integration', 'workflows', 'unit'];

/** Files that mostly wait, for timeouts and programs that start; the longest first. */
const longest = ['faults/crashes', 'e2e/launcher', 'faults/syncs', 'faults/starts'];

function place(order: readonly string[], fits: (entry: string) => boolean): number {
  const index = order.findIndex(fits);
  return index === -1 ? order.length : index;
}

/** Starts the longest files first, so that a run does not end with one of them alone. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // By the durations of the last run where vitest knows them, by size where not.
    const sorted = await super.sort(files);
    const keys = new Map(
      sorted.map((file) => [
        file,
        place(projects, (name) => name === file.project.name) * 100 +
          place(longest, (name) => file.moduleId.endsWith(`/test/${name}.test.ts`)),
      ]),
    );
    return sorted.toSorted((a, b) => keys.get(a)! - keys.get(b)!);
  }
}
