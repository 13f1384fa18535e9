import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/setup/longest-first.ts';

const CODE = '{domain,workflows,activities,notifications,temporal,worker,api,db,config,templates,sandbox,dev}';

export default defineConfig({
  test: {
    pool: 'forks',
    // Limits that end a hang, not measures: a loaded machine must not fail a test.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Stacks and servers end in good order.
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    // Most files wait for servers most of their time: more of them at once than there are cores.
    maxWorkers: 5,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Loading the AWS SDK and Temporal for each file took as long as the tests themselves.
          isolate: false,
          include: [`${CODE}/**/*.test.ts`],
          globalSetup: ['test/setup/postgres.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'workflows',
          isolate: false,
          include: ['test/{workflows,replay}/**/*.test.ts'],
          globalSetup: ['test/setup/temporal.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          isolate: false,
          include: ['test/{integration,e2e,faults}/**/*.test.ts'],
          globalSetup: ['test/setup/temporal.ts', 'test/setup/stacks.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
