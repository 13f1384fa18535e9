import { patched, setCurrentDetails } from '@temporalio/workflow';
import { statusCodes, type StatusReason } from '../domain/clouds/check.ts';
import type { CloudCheckResult, CloudRecheckInput, CloudRecheckResult } from './contracts/cloud-recheck.ts';
import { poll, registry } from './lib/activity-options.ts';
import { readActivityProblem, type ActivityProblem } from './lib/activity-problem.ts';
import { isUnanswered } from './lib/unanswered.ts';

/** Checks the role of one cloud and records the cloud's new status (C3). */
export async function cloudRecheck({ cloudId }: CloudRecheckInput): Promise<CloudRecheckResult> {
  setCurrentDetails('Assuming the cloud’s role');
  const result = await check(cloudId);
  if (!result) return { status: null };
  await registry.recordCloudCheck({ cloudId, result, at: new Date().toISOString() });
  return { status: result.status };
}

/** A check without an outcome leaves its reason on a pending cloud, and fails the run. */
async function check(cloudId: string): Promise<CloudCheckResult | null> {
  try {
    return await poll(300_000).checkCloudRole({ cloudId });
  } catch (error) {
    const reason = reasonOf(readActivityProblem(error));
    if (patched('record-unfinished-check')) await registry.recordUnfinishedCheck({ cloudId, reason });
    throw error;
  }
}

function reasonOf({ type, message }: ActivityProblem): StatusReason {
  return isUnanswered(type)
    ? { code: statusCodes.awsUnavailable, message: `The last check got no answer: ${message} Muster retries it.` }
    : { code: statusCodes.checkFailed, message: `Muster could not make the check: ${message}` };
}
