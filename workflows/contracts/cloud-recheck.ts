import type { CloudStatus } from '../../domain/clouds/status.ts';

/** The registered name of the workflow. */
export const cloudRecheckName = 'cloudRecheck';

export function cloudRecheckWorkflowId(cloudId: string): string {
  return `cloud-recheck/${cloudId}`;
}

export interface CloudRecheckInput {
  cloudId: string;
}

export interface CloudRecheckResult {
  /** Null when the cloud was gone by the time it was checked. */
  status: CloudStatus | null;
}
