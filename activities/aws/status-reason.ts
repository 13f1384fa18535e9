import { statusCodes, type StatusReason } from '../../domain/clouds/check.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { awsCodeOf, awsFailure, meaningOf } from './errors.ts';
import { OwnAccountError } from './own-account.ts';

/**
 * AWS does not know the caller, or the worker has no identity to call with. No role can mend that, and it is the same
 * for every role.
 * https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
 */
const unknownCaller = new Set([
  'InvalidClientTokenId',
  'UnrecognizedClientException',
  'SignatureDoesNotMatch',
  'IncompleteSignature',
  'MissingAuthenticationToken',
  'ExpiredToken',
  'ExpiredTokenException',
  'OptInRequired',
  'CredentialsProviderError',
]);

/** The failure of a call whose caller AWS does not accept; null for any other error. */
export function callerFailure(error: unknown): Error | null {
  if (!unknownCaller.has(awsCodeOf(error) ?? '')) return null;
  return awsFailure(error, 'AWS does not accept the identity that Muster calls it with', 'caller_refused');
}

/**
 * The reason why a role could not be assumed, as far as AWS gives one (O18). Null if AWS gave no answer or throttled
 * the call: then nothing is known about the role. AWS must have accepted the caller.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function statusReasonOf(error: unknown, roleArn: string): StatusReason | null {
  if (error instanceof OwnAccountError) return { code: statusCodes.ownAccount, message: error.message };
  const said = error instanceof Error ? error.message : '';
  switch (meaningOf(error)) {
    case failureTypes.accessDenied:
      return refusal(said, roleArn);
    case failureTypes.invalidInput:
    case failureTypes.precondition:
      return unusable(awsCodeOf(error), said, roleArn);
    default:
      return null;
  }
}

/** AWS names the kind of the policy in some denials only. */
function refusal(said: string, roleArn: string): StatusReason {
  if (/resource control policy/i.test(said)) {
    return {
      code: statusCodes.deniedByRcp,
      message: `A resource control policy in the account's organization prevents Muster from assuming ${roleArn}. Add an exception for Muster's account to it. AWS says: ${said}`,
    };
  }
  if (/service control policy/i.test(said)) {
    return {
      code: statusCodes.deniedByScp,
      message: `A service control policy in the organization of Muster's own account prevents Muster from assuming ${roleArn}. AWS says: ${said}`,
    };
  }
  return {
    code: statusCodes.roleRefused,
    message:
      `AWS refuses the role ${roleArn}: it is missing, its trust policy does not name Muster, the external id differs, another condition of the trust policy is not met ` +
      `(such as MFA or a source address), or a resource control policy denies the call. AWS does not say which.`,
  };
}

function unusable(awsCode: string | null, said: string, roleArn: string): StatusReason {
  if (awsCode === 'RegionDisabledException') {
    return {
      code: statusCodes.regionDisabled,
      message: `STS is not active in the Region where Muster called it for ${roleArn}. Activate it in that Region. AWS says: ${said}`,
    };
  }
  // Both are a ValidationError; only their messages differ.
  if (/role chaining/i.test(said)) {
    return {
      code: statusCodes.chainingLimit,
      message: `Muster's own identity is a role session, and such a session can assume ${roleArn} for at most one hour. Set a session duration of at most 3,600 seconds, or run Muster with an instance role or an IAM user.`,
    };
  }
  if (/MaxSessionDuration/i.test(said)) {
    return {
      code: statusCodes.durationAboveMaximum,
      message: `The session duration exceeds the maximum of the role ${roleArn}. Raise the role's maximum session duration, or set a shorter session duration.`,
    };
  }
  return { code: statusCodes.roleNotUsable, message: `AWS does not allow Muster to assume the role ${roleArn} this way: ${said}` };
}
