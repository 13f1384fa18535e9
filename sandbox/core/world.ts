import type { PartnerSettings } from '../partner/settings.ts';
import type { Caller } from './caller.ts';
import type { ServiceName } from './service-name.ts';
import type { HasState, StateSlice } from './state.ts';

/** The environment of the services: the state, the clock, and calls to each other. */
export interface World extends HasState {
  /** Where the sandbox answers, e.g. http://127.0.0.1:4566; the console's and SNS's URLs start with it. */
  baseUrl: string;
  /** The partner, whose own things exist from the start and outlive a reset. */
  partner?: PartnerSettings;
  /** The delegation clock, epoch milliseconds: real time plus what PUT /_sandbox/clock added. SNS timestamps use Date.now(). */
  now(): number;
  /**
   * Marks the state changed, so that it is written to disk soon (when the sandbox keeps its data). A change of a large
   * slice must name it (StateSlice.isLarge).
   */
  touch(slice?: StateSlice): void;
  /** Sees every change of the clock, so that expiries happen at once. */
  onClock(listener: () => void): () => void;
  /**
   * Runs an operation in-process with a caller's rights; see Call.invoke. `from` names the Region (us-east-1 unless given)
   * and the service that acts for the caller (aws:ViaAWSService, aws:CalledVia).
   */
  invoke<T = Record<string, unknown>>(
    service: ServiceName,
    operation: string,
    input: Record<string, unknown>,
    caller: Caller,
    from?: { region?: string; via?: ServiceName },
  ): Promise<T>;
  /** Makes temporary credentials that act as `caller` until its expiresAt. */
  issueCredentials(caller: Caller): {
    AccessKeyId: string;
    SecretAccessKey: string;
    SessionToken: string;
    Expiration: Date;
  };
  /** Ends at once every issued credential that the predicate picks (a customer's revocation). */
  revokeCredentials(pick: (caller: Caller) => boolean): void;
}
