/**
 * The types of failure that activities end with. They are written into histories and never change.
 *
 * Retried by Temporal: Throttled, NotReady, Conflict, Transient.
 * Not retried: OutcomeUnknown (read, then decide), AccessDenied, Precondition, InvalidInput, Defect.
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

/** The code of a Precondition: the organization, or the sync, was deleted while its work ran. */
export const organizationRemovedCode = 'organization_removed';

/** What a failure carries for those who decide on it; never a secret. */
export interface FailureDetail {
  /** Our stable code, as in a problem's or a failed request's `code`. */
  code: string;
  /** AWS's own error code, where AWS refused. */
  awsCode?: string;
}
