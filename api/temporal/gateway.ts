/** The facts of a delegation request that its workflow starts with. */
export interface OpenableRequest {
  id: string;
  nickname: string;
  accountId: string;
  roleName: string;
}

/** How asking for a delegation request's link went. */
export type OpenOutcome =
  | { kind: 'opened'; awsRequestId: string | null; consoleUrl: string | null }
  /** The workflow could not create the request; its run ends or has ended. */
  | { kind: 'refused'; code: string; message: string; awsCode: string | null }
  /** No answer in time. `started` is true once a worker took the workflow up. */
  | { kind: 'unanswered'; started: boolean }
  /** The run is over and answers nobody; the row tells how it ended. */
  | { kind: 'ended' };

export type CancelOutcome =
  | { kind: 'cancelled' }
  /** The workflow took it up and is still cleaning up. */
  | { kind: 'cancelling' }
  /** The workflow refused, in this phase. */
  | { kind: 'too_late'; phase: string }
  | { kind: 'ended' }
  /** No worker answered in time, or Temporal is unreachable. */
  | { kind: 'unanswered' };

/** All that the API asks of Temporal. Methods throw only what nobody foresaw, except where they say otherwise. */
export interface WorkflowGateway {
  /** Starts the request's workflow unless it runs, and waits for AWS's answer, at most about 35 seconds. */
  open(request: OpenableRequest): Promise<OpenOutcome>;
  /** Cancels the request's workflow; starts it first if nobody has, so that it ends in an orderly way. */
  cancel(request: OpenableRequest, by: string): Promise<CancelOutcome>;
  /** Starts a recheck or joins the running one. Throws when Temporal does not answer. */
  recheck(cloud: { id: string; accountId: string }): Promise<void>;
  /** Throws when Temporal does not answer within two seconds. */
  ping(): Promise<void>;
}
