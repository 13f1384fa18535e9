/**
 * The types of failures that activities end with. Histories contain them, so they never change.
 *
 * Temporal retries Throttled, NotReady, Conflict and Transient.
 * It does not retry OutcomeUnknown (read first, then decide), AccessDenied, Precondition, InvalidInput and Defect.
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
