import { defineConfig } from 'vitest/config';

const CODE = '{domain,workflows,activities,notifications,worker,api,db,config,templates,sandbox,dev}';

export default defineConfig({
  test: {
    pool: 'forks',
    // Limits that end a hang, not measures: a loaded machine must not fail a test.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    // Most files wait for servers most of their time: more of them at once than there are cores.
    maxWorkers: 3,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          // Loading the AWS SDK and Temporal anew for each file took as long as the tests themselves.
          isolate: false,
          include: [`${CODE}/**/*.test.ts`],
          globalSetup: ['test/setup/postgres.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'workflows',
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
          include: ['test/{integration,e2e,faults}/**/*.test.ts'],
          globalSetup: ['test/setup/temporal.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
