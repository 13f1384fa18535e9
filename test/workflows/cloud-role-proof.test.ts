import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failure } from '../../activities/failures.ts';
import type { ActivityFunctions } from '../../workflows/contracts/activity.ts';
import {
  cloudRoleProofStart,
  type CloudRoleProofActivities,
  type CloudRoleProofResult,
  type RoleProof,
} from '../../workflows/contracts/cloud-role-proof.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { startTimeSkipping } from '../support/time-skipping.ts';
import { waitFor } from '../support/wait-for.ts';
import { createTestWorker } from '../support/workflow-worker.ts';

let env: TestWorkflowEnvironment;
beforeAll(async () => {
  env = await startTimeSkipping();
});
afterAll(() => env?.teardown());

const roleArn = 'arn:aws:iam::111122223333:role/existing';
const proofOf = (assumed: boolean, refuses: boolean): RoleProof => ({
  checks: [
    { name: 'assume_role', passed: assumed, message: 'said' },
    { name: 'refuses_without_external_id', passed: refuses, message: 'said' },
  ],
  warnings: [],
  checkedAt: '2026-01-01T00:00:00.000Z',
});

type Handle = ReturnType<typeof env.client.workflow.getHandle>;
type Prove = ActivityFunctions<CloudRoleProofActivities>['proveCloudRole'];

async function run(prove: Prove, acceptUnenforced = false, play: (handle: Handle, asked: () => number) => Promise<void> = async () => {}) {
  const credentialSetId = randomUUID();
  const taskQueue = `test-${credentialSetId}`;
  const erased: string[] = [];
  let asked = 0;
  const worker = await createTestWorker(env, {
    taskQueue,
    activities: {
      proveCloudRole: async (input: { credentialSetId: string }) => {
        asked += 1;
        return await prove(input);
      },
      eraseCredentials: async (input: { credentialSetId: string }) => {
        erased.push(input.credentialSetId);
      },
    },
  });
  return await worker.runUntil(async () => {
    const { workflowType, ...options } = cloudRoleProofStart({ credentialSetId, acceptUnenforced }, roleArn);
    const handle = await env.client.workflow.start(workflowType, { ...options, taskQueue });
    await play(handle, () => asked);
    const result = (await handle.result().catch((error: Error) => error)) as CloudRoleProofResult | Error;
    const { events } = await handle.fetchHistory();
    const [first, last] = [events!.at(0)!, events!.at(-1)!].map(({ eventTime }) => Number(eventTime!.seconds) * 1_000);
    return { result, asked, isErased: erased.includes(credentialSetId), took: last! - first! };
  });
}

describe('C4: the proof of a cloud’s role', () => {
  it.each([
    ['both answers are right', true, true, false, 'accepted'],
    ['the role refuses Muster', false, false, true, 'refused'],
    ['the external id protects nothing', true, false, false, 'refused'],
    ['the external id protects nothing, and the caller accepts that', true, false, true, 'accepted'],
  ] as const)('%s: it keeps or erases the credentials', async (_what, assumed, refuses, acceptUnenforced, verdict) => {
    const proof = proofOf(assumed, refuses);
    const { result, isErased } = await run(async () => proof, acceptUnenforced);
    expect(result).toEqual({ verdict, proof });
    expect(isErased).toBe(verdict === 'refused');
  });

  it.each([failureTypes.throttled, failureTypes.transient])(
    'S9: %s is retried in the time that a caller waits, then it proves nothing',
    async (type) => {
      const { result, asked, isErased, took } = await run(async () => {
        throw failure(type, 'AWS gave no answer', { code: 'aws_unavailable' });
      });
      expect(result).toEqual({ verdict: 'unavailable', proof: null });
      expect(asked).toBeGreaterThan(3);
      // The API waits 17 s for everything together.
      expect(took).toBeLessThan(15_000);
      expect(isErased).toBe(true);
    },
  );

  it('a failure that AWS has no part in erases the credentials, too', async () => {
    const { result, isErased } = await run(async () => {
      throw failure(failureTypes.precondition, 'no longer stored', { code: 'credentials_erased' });
    });
    expect([result instanceof Error, isErased]).toEqual([true, true]);
  });

  it('a cancelled run erases the credentials', async () => {
    const { result, isErased } = await run(
      async () => {
        throw failure(failureTypes.throttled, 'AWS gave no answer', { code: 'aws_unavailable' });
      },
      false,
      async (handle, asked) => {
        await waitFor('the first attempt', async () => asked() > 0);
        await handle.cancel();
      },
    );
    expect([result instanceof Error, isErased]).toEqual([true, true]);
  });
});
