import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure } from '../../activities/failures.ts';
import type { ActivityFunctions } from '../../workflows/contracts/activity.ts';
import { cloudRecheckStart, type CloudRecheckActivities } from '../../workflows/contracts/cloud-recheck.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';
import { createTestWorker } from '../support/workflow-worker.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await startTimeSkipping();
});
afterAll(() => env?.teardown());

type Checks = ActivityFunctions<CloudRecheckActivities>;

/** Runs a recheck whose check does this. Returns its result or error, and what it recorded. */
async function run(checkCloudRole: Checks['checkCloudRole']) {
  const recorded: unknown[] = [];
  const id = randomUUID();
  const activities: Checks = {
    checkCloudRole,
    recordCloudCheck: async ({ result }) => void recorded.push(result.status),
    recordUnfinishedCheck: async ({ cloudId, reason }) => void recorded.push([cloudId === id, reason.code, reason.message]),
  };
  const taskQueue = `test-${id}`;
  const worker = await createTestWorker(env, {
    taskQueue,
    activities,
  });
  return await worker.runUntil(async () => {
    const { workflowType, ...options } = cloudRecheckStart({ id, accountId: '111122223333' }, 'join');
    const handle = await env.client.workflow.start(workflowType, { ...options, taskQueue });
    return { result: await handle.result().catch((error: Error) => error), recorded };
  });
}

describe('A6: a check without an outcome', () => {
  it('leaves the reason on the cloud, and fails the run', async () => {
    const { result, recorded } = await run(async () => {
      throw failure(failureTypes.defect, 'The credentials cannot be decrypted', { code: 'internal_error' });
    });
    expect(result).toBeInstanceOf(Error);
    expect(recorded).toEqual([[true, 'check_failed', expect.stringContaining('The credentials cannot be decrypted')]]);
  });

  it('names AWS if AWS gave no answer in time', async () => {
    const { recorded } = await run(async () => {
      throw failure(failureTypes.transient, 'no answer from AWS', { code: 'aws_unavailable' });
    });
    expect(recorded).toEqual([[true, 'aws_unavailable', expect.stringContaining('no answer from AWS')]]);
  });

  it('a check with an outcome records only that', async () => {
    const { result, recorded } = await run(async () => ({ status: 'ok', reason: null, warnings: [] }));
    expect([result, recorded]).toEqual([{ status: 'ok' }, ['ok']]);
  });
});
