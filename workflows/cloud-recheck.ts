import { setCurrentDetails } from '@temporalio/workflow';
import { poll, registry } from './lib/activity-options.ts';
import type { CloudRecheckInput, CloudRecheckResult } from './contracts/cloud-recheck.ts';

/** Checks the role of one cloud and records the cloud's new status (C3). */
export async function cloudRecheck({ cloudId }: CloudRecheckInput): Promise<CloudRecheckResult> {
  setCurrentDetails('Assuming the cloud’s role');
  const result = await poll(300_000).checkCloudRole({ cloudId });
  if (!result) return { status: null };
  await registry.recordCloudCheck({ cloudId, result, at: new Date().toISOString() });
  return { status: result.status };
}
