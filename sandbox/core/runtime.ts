/** Makes a world out of its state, and runs operations in it. */
import { randomUUID } from 'node:crypto';
import { requireAccess } from '../auth/authorize.ts';
import { issueTemporary, revoke } from '../auth/credentials.ts';
import { strike } from '../control/faults.ts';
import { controlState } from '../control/state.ts';
import { checkInput } from '../models/refuse.ts';
import type { PartnerSettings } from '../partner/settings.ts';
import { internalFailure, unknownOperation } from './errors.ts';
import { AwsError } from './aws-error.ts';
import type { Call, ServiceModule } from './service.ts';
import type { Caller } from './caller.ts';
import type { ServiceName } from './service-name.ts';
import type { World } from './world.ts';
import type { StateSlice, WorldState } from './state.ts';

export const homeRegion = 'us-east-1';

export interface CallOptions {
  region: string;
  requestId: string;
  /** The AWS service that makes the call for the caller, e.g. cloudformation. */
  via?: ServiceName;
  /** Aborts when the caller has gone. */
  signal?: AbortSignal;
}

export interface Runtime {
  world: World;
  modules: readonly ServiceModule[];
  /** Runs one operation. Throws AwsError for everything that the wire would show. */
  run(service: ServiceName, operation: string, input: Record<string, unknown>, caller: Caller, options: CallOptions): Promise<unknown>;
  /** Notifies the clock listeners of a jump of world.now(). */
  clockMoved(): void;
}

export function createRuntime(options: {
  state: WorldState;
  baseUrl: string;
  partner?: PartnerSettings | undefined;
  modules: readonly ServiceModule[];
  onTouch(slice?: StateSlice): void;
}): Runtime {
  const { state, baseUrl, partner, modules } = options;
  const clockListeners = new Set<() => void>();

  const world: World = {
    state,
    baseUrl,
    ...(partner && { partner }),
    now: () => Date.now() + controlState.of(world).clockOffsetMs,
    touch: options.onTouch,
    onClock(listener) {
      clockListeners.add(listener);
      return () => clockListeners.delete(listener);
    },
    invoke: <T>(
      service: ServiceName,
      operation: string,
      input: Record<string, unknown>,
      caller: Caller,
      from?: { region?: string; via?: ServiceName },
    ) =>
      invoke<T>(service, operation, input, caller, {
        region: from?.region ?? homeRegion,
        requestId: randomUUID(),
        ...(from?.via ? { via: from.via } : {}),
      }),
    issueCredentials(caller) {
      const issued = issueTemporary(world, caller);
      return {
        AccessKeyId: issued.accessKeyId,
        SecretAccessKey: issued.secretAccessKey,
        SessionToken: issued.sessionToken!,
        Expiration: new Date(caller.expiresAt!),
      };
    },
    revokeCredentials: (pick) => revoke(world, pick),
  };

  /** Calls between services meet the same faults as calls over the wire: a stack fails when IAM does. */
  async function invoke<T>(
    service: ServiceName,
    operation: string,
    input: Record<string, unknown>,
    caller: Caller,
    at: CallOptions,
  ): Promise<T> {
    const fault = await strike(world, { service, operation, accountId: caller.accountId, callerArn: caller.arn, input });
    if (fault.drop) throw internalFailure(service);
    return (await run(service, operation, input, caller, at)) as T;
  }

  async function run(
    service: ServiceName,
    operation: string,
    input: Record<string, unknown>,
    caller: Caller,
    at: CallOptions,
  ): Promise<unknown> {
    const operations = modules.find((module) => module.service === service)?.operations;
    const handler = operations && Object.hasOwn(operations, operation) ? operations[operation] : undefined;
    if (!handler) throw unknownOperation(service, operation);
    const call: Call = {
      world,
      caller,
      service,
      operation,
      region: at.region,
      requestId: at.requestId,
      ...(at.signal ? { signal: at.signal } : {}),
      authorize: (action, resource, context) =>
        requireAccess(world, service, caller, {
          action,
          resource,
          region: at.region,
          ...(at.via ? { via: at.via } : {}),
          ...(context ? { context } : {}),
        }),
      invoke: (otherService, otherOperation, otherInput, as) =>
        invoke(otherService, otherOperation, otherInput, as ?? caller, { region: at.region, requestId: randomUUID(), via: service }),
    };
    try {
      checkInput(service, operation, input);
      return await handler(input, call);
    } catch (error) {
      if (error instanceof AwsError) throw error;
      // A defect of the sandbox itself must not pass as one of AWS's answers.
      console.error(`sandbox: ${service} ${operation} failed`, error);
      throw internalFailure(service);
    }
  }

  return {
    world,
    modules,
    run,
    clockMoved: () => {
      for (const listener of clockListeners) listener();
    },
  };
}
