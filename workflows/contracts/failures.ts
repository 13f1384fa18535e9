/**
 * The types of failures that activities end with. Histories contain them, so they never change.
 *
 * Temporal retries Throttled, NotReady, Conflict and Transient.
 * It does not retry OutcomeUnknown (read first, then decide), AccessDenied, Precondition, InvalidInput, Defect, and
 * Superseded (the run no longer owns its row).
 */
export const failureTypes = {
  throttled: 'Throttled',
  notReady: 'NotReady',
  conflict: 'Conflict',
  transient: 'Transient',
  outcomeUnknown: 'OutcomeUnknown',
  accessDenied: 'AccessDenied',
  precondition: 'Precondition',
  invalidInput: 'InvalidInput',
  defect: 'Defect',
  superseded: 'Superseded',
} as const;

export type FailureType = (typeof failureTypes)[keyof typeof failureTypes];

/** The code of a Precondition failure: the organization or the sync was deleted while its work ran. */
export const organizationRemovedCode = 'organization_removed';

/** The first detail of a failure, for the code that decides on it. Never holds a secret. */
export interface FailureDetail {
  /** Muster's stable code, as in the `code` of a problem or of a failed request. */
  code: string;
  /** AWS's error code, if AWS refused. */
  awsCode?: string;
}

/** The codes of a Superseded failure: why a run no longer owns its request. */
export const supersededCodes = {
  /** Another run of the request took over. */
  newerRun: 'superseded',
  /** The request has ended without this run. */
  ended: 'request_ended',
  /** The request is not in the database. */
  missing: 'request_missing',
} as const;
