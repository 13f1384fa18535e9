import { isExpired } from '../../auth/credentials.ts';
import { AwsError } from '../../core/aws-error.ts';
import type { Caller } from '../../core/caller.ts';
import type { ServiceName } from '../../core/service-name.ts';
import type { World } from '../../core/world.ts';
import { stsState } from '../../sts/state.ts';
import type { Stack } from '../stack.ts';
import { pace } from './running.ts';

/** Tries of a call that was throttled or met a server error; CloudFormation's handlers retry those. */
const MAX_TRIES = 5;

/**
 * Calls a service with the session of the caller that started the stack operation. Without RoleARN CloudFormation has no
 * rights of its own, so when that session has expired or was revoked, nothing more can be done (API model, CreateStack, RoleARN).
 * Throws AwsError.
 */
export async function callWithSession<T>(
  world: World,
  { region, operation: stackOperation }: Pick<Stack, 'region' | 'operation'>,
  service: ServiceName,
  operation: string,
  input: Record<string, unknown>,
): Promise<T> {
  const { caller } = stackOperation!;
  for (let tries = 1; ; tries++) {
    requireLiveSession(world, caller);
    try {
      return await world.invoke<T>(service, operation, input, caller, { region, via: 'cloudformation' });
    } catch (error) {
      if (tries >= MAX_TRIES || !(error instanceof AwsError) || !isTransient(error)) throw error;
      await pace(world);
    }
  }
}

function isTransient(error: AwsError): boolean {
  return error.status >= 500 || /Throttl|TooManyRequests|RequestLimitExceeded/.test(error.code);
}

function requireLiveSession(world: World, caller: Caller): void {
  if (caller.expiresAt === undefined) return;
  if (isExpired(world, caller)) throw new AwsError('ExpiredToken', 'The security token included in the request is expired', 403);
  for (const credentials of stsState.of(world).credentials.values()) {
    if (isSameSession(credentials.caller, caller)) return;
  }
  throw new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403);
}

function isSameSession(one: Caller, other: Caller): boolean {
  return (
    one === other || (one.arn === other.arn && one.expiresAt === other.expiresAt && one.delegationRequestId === other.delegationRequestId)
  );
}
