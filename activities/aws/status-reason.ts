import { statusCodes, type StatusReason } from '../../domain/clouds/check.ts';
import { failureTypes } from '../../workflows/contracts/failures.ts';
import { awsCodeOf, awsFailure, meaningOf } from './errors.ts';

/**
 * AWS does not know who calls, or has no identity to give us: nothing that the asked role could help, and the same for
 * every other role. https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
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

/** The failure of a call whose caller AWS does not accept; null when something else is the matter. */
export function callerFailure(error: unknown): Error | null {
  if (!unknownCaller.has(awsCodeOf(error) ?? '')) return null;
  return awsFailure(error, 'AWS does not accept the identity that Muster calls it with', 'caller_refused');
}

/**
 * Why a role could not be assumed, as far as AWS lets us tell (O18); null when AWS gave no answer, or throttled us: then
 * nothing was learnt. The role must have been asked by a caller that AWS accepts.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function statusReasonOf(error: unknown, roleArn: string): StatusReason | null {
  const said = error instanceof Error ? error.message : '';
  switch (meaningOf(error)) {
    case failureTypes.accessDenied:
      return /service control policy/i.test(said)
        ? {
            code: statusCodes.deniedByScp,
            message: `A service control policy of the organization that Muster's own account is in keeps Muster from assuming ${roleArn}. AWS says: ${said}`,
          }
        : {
            code: statusCodes.roleRefused,
            message: `AWS refuses the role ${roleArn}: it is missing, its trust policy does not name Muster, or the external id differs. AWS does not tell which.`,
          };
    case failureTypes.invalidInput:
    case failureTypes.precondition:
      return unusable(awsCodeOf(error), said, roleArn);
    default:
      return null;
  }
}

function unusable(awsCode: string | null, said: string, roleArn: string): StatusReason {
  if (awsCode === 'RegionDisabledException') {
    return {
      code: statusCodes.regionDisabled,
      message: `STS is switched off in the Region in which Muster asked for ${roleArn}. AWS says: ${said}`,
    };
  }
  // Both are a ValidationError, told apart by their sentences alone.
  if (/role chaining/i.test(said)) {
    return {
      code: statusCodes.chainingLimit,
      message: `Muster's own identity is a role session, and AWS lets such a session assume ${roleArn} for one hour at most. Ask for 3,600 seconds or less, or let Muster call AWS as an instance role or an IAM user.`,
    };
  }
  if (/MaxSessionDuration/i.test(said)) {
    return {
      code: statusCodes.durationAboveMaximum,
      message: `The session duration asked for is above the maximum that the role ${roleArn} sets. Raise the role's maximum session duration, or ask for less.`,
    };
  }
  return { code: statusCodes.roleNotUsable, message: `AWS does not let the role ${roleArn} be assumed this way: ${said}` };
}
