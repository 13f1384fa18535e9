/**
 * Organizations' errors by the names of its API model; the reasons are the wire's values, not the SDKs' names for them. Every
 * client error is HTTP 400 (Organizations API reference, "Errors" of each operation: "HTTP Status Code: 400").
 */
import { AwsError } from '../core/aws-error.ts';
import type { AccountState } from './state.ts';

export const notInUse = (): AwsError =>
  new AwsError('AWSOrganizationsNotInUseException', 'Your account is not a member of an organization.', 400);

/** A member that is neither the management account nor a delegated administrator. */
export const notForMembers = (): AwsError => new AwsError('AccessDeniedException', "You don't have permissions to access this resource.");

/** `reason` as in the model's InvalidInputExceptionReason. */
export const invalidInput = (reason: string, message: string): AwsError =>
  new AwsError('InvalidInputException', message, 400, { Reason: reason });

/** `reason` as in the model's ConstraintViolationExceptionReason. */
export const constraint = (reason: string, message: string): AwsError =>
  new AwsError('ConstraintViolationException', message, 400, { Reason: reason });

/** INVALID_PAGINATION_TOKEN in the documentation and the SDKs, INVALID_NEXT_TOKEN on the wire. */
export const invalidToken = (): AwsError => invalidInput('INVALID_NEXT_TOKEN', 'You provided an invalid pagination token.');

type Missing = 'Account' | 'Target' | 'Parent' | 'Child' | 'Policy' | 'OrganizationalUnit' | 'SourceParent' | 'DestinationParent';

export const notFound = (kind: Missing): AwsError =>
  new AwsError(`${kind}NotFoundException`, `You specified ${/^[AO]/.test(kind) ? 'an' : 'a'} ${words(kind)} that doesn't exist.`, 400);

const words = (kind: string): string => kind.replace(/(?<=[a-z])(?=[A-Z])/g, ' ').toLowerCase();

export const alreadyClosed = (state: AccountState): AwsError =>
  new AwsError('AccountAlreadyClosedException', `You attempted to close an account that is already ${state}.`, 400);
