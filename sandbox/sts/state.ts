/** Keys that the sandbox has issued, long-lived and temporary. */
import { defineState } from '../core/state.ts';
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

export const stsState = defineState('sts', (): StsState => ({ credentials: new Map() }));
