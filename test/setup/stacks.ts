import type { TestProject } from 'vitest/node';
import { openStackPool } from './stack-pool.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a test file borrows a stack: see `StackPool`. */
    stackPool: string;
  }
}

/** Has one pool of stacks for the whole run. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const pool = await openStackPool();
  project.provide('stackPool', pool.url);
  return pool.close;
}
