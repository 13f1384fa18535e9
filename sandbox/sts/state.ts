/** Keys that the sandbox has issued, long-lived and temporary. */
import type { Caller } from '../core/caller.ts';

export interface IssuedCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  /** Absent for a user's long-lived keys. */
  sessionToken?: string;
  caller: Caller;
}

export interface StsState {
  /** By access key id. */
  credentials: Map<string, IssuedCredentials>;
}

export function emptyStsState(): StsState {
  return { credentials: new Map() };
}
