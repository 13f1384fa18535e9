/**
 * Everything the sandbox knows, as plain data that `v8.serialize` can write: Maps, arrays, dates as epoch
 * milliseconds, no functions. Each service owns one slice and defines its type in its own folder.
 */
import type { CloudFormationState } from '../cloudformation/state.ts';
import type { DelegationState } from '../delegation/state.ts';
import type { IamState } from '../iam/state.ts';
import type { OrganizationsState } from '../organizations/state.ts';
import type { SnsState } from '../sns/state.ts';
import type { SqsState } from '../sqs/state.ts';
import type { StsState } from '../sts/state.ts';
import type { ControlState } from '../control/state.ts';
import type { Caller } from './caller.ts';
import type { ServiceName } from './service-name.ts';

export interface WorldState {
  iam: IamState;
  sts: StsState;
  delegation: DelegationState;
  cloudFormation: CloudFormationState;
  organizations: OrganizationsState;
  sns: SnsState;
  sqs: SqsState;
  control: ControlState;
}

export interface World {
  state: WorldState;
  /** Where the sandbox answers, e.g. http://127.0.0.1:4566; the console's and SNS's URLs start with it. */
  baseUrl: string;
  /** Muster's own account, caller role, topic and queue, which exist from the start and outlive a reset. */
  muster: { accountId: string; callerRoleArn: string; topicArn: string; queueUrl: string };
  /** The delegation clock, epoch milliseconds: real time plus what PUT /_sandbox/clock added. SNS timestamps use Date.now(). */
  now(): number;
  /**
   * Marks the state changed, so that it is written to disk soon (when the sandbox keeps its data). Organizations may hold
   * 50,000 accounts: they are written anew only when a change names them.
   */
  touch(what?: 'organizations'): void;
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
