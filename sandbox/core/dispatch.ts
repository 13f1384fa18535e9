/** One API request over the wire: find the service by protocol, authenticate, limit, apply faults, run, answer. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { authenticate } from '../auth/authenticate.ts';
import { readSignature } from '../auth/sigv4.ts';
import type { SignatureInfo } from '../auth/sigv4.ts';
import type { CallCounts } from '../control/calls.ts';
import { strike } from '../control/faults.ts';
import type { Buckets } from '../control/limits.ts';
import { controlState } from '../control/state.ts';
import { modelOf } from '../models/index.ts';
import { organizationOf } from '../organizations/tree.ts';
import { internalFailure, queryCode, throttled, unknownOperation } from './errors.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import { jsonError, jsonResult, parseJsonInput } from './json.ts';
import { parseQueryInput, queryError, queryResult } from './query.ts';
import { homeRegion } from './runtime.ts';
import type { Runtime } from './runtime.ts';
import { AwsError } from './aws-error.ts';
import type { ServiceModule } from './service.ts';

export interface Dispatcher {
  /** `null` asks the server to drop the connection without an answer. */
  (request: HttpRequest): Promise<HttpResponse | null>;
}

interface Target {
  module: ServiceModule;
  operation: string;
  readInput(): Record<string, unknown>;
}

export function createDispatcher(runtime: Runtime, buckets: Buckets, calls: CallCounts): Dispatcher {
  const { world } = runtime;

  return async (request) => {
    const requestId = randomUUID();
    const signature = readSignature(request);
    let target: Target | undefined;
    try {
      target = findTarget(runtime.modules, request, signature);
      const { result, drop } = await carryOut(target, request, signature, requestId);
      return drop ? null : succeed(target, request, result, requestId);
    } catch (error) {
      const awsError = error instanceof AwsError ? error : unexpected(error, target);
      return fail(target?.module, request, awsError, requestId);
    }
  };

  async function carryOut(
    target: Target,
    request: HttpRequest,
    signature: SignatureInfo | undefined,
    requestId: string,
  ): Promise<{ result: unknown; drop: boolean }> {
    const { module, operation } = target;
    const { service } = module;
    const { limits } = controlState.of(world);
    if (limits.latencyMs > 0) await sleep(limits.latencyMs);

    let isThrottled = false;
    try {
      const caller = await authenticate(world, service, request, signature);
      const region = signature?.region ?? homeRegion;
      if (!Object.hasOwn(module.operations, operation)) throw unknownOperation(service, operation);
      const organizationId = organizationOf(world, caller.accountId)?.id;
      if (
        limits.mode === 'aws' &&
        !buckets.admit({
          service,
          operation,
          accountId: caller.accountId,
          organizationId,
          region,
          simulationsPerSecond: limits.simulationsPerSecond,
        })
      ) {
        throw throttled(service);
      }
      const input = target.readInput();
      const { drop } = await strike(world, { service, operation, accountId: caller.accountId, callerArn: caller.arn, input });
      return {
        result: await runKeepingErrors(drop, () =>
          runtime.run(service, operation, input, caller, { region, requestId, signal: request.signal }),
        ),
        drop,
      };
    } catch (error) {
      isThrottled = error instanceof AwsError && error.code === throttled(service).code;
      throw error;
    } finally {
      calls.add(service, operation, isThrottled);
    }
  }
}

/** A dropped connection hides an error as it hides a result. */
async function runKeepingErrors(drop: boolean, run: () => Promise<unknown>): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    if (drop) return undefined;
    throw error;
  }
}

/** A query service is found by API version and credential scope, a JSON service by the target's prefix. */
function findTarget(modules: readonly ServiceModule[], request: HttpRequest, signature: SignatureInfo | undefined): Target {
  const jsonTarget = request.headers['x-amz-target'];
  if (jsonTarget !== undefined) {
    const [prefix, operation = ''] = jsonTarget.split('.');
    const module = modules.find((candidate) => candidate.protocol === 'json' && candidate.version === prefix);
    if (!module) throw new AwsError('UnknownOperationException', `The sandbox has no service with the target prefix ${prefix}.`);
    return { module, operation, readInput: () => parseJsonInput(request.body) };
  }
  const form = request.method === 'POST' ? new URLSearchParams(request.body) : request.url.searchParams;
  const operation = form.get('Action');
  if (!operation) throw new AwsError('MissingAction', 'The request is missing an action or a required parameter.');
  const ofVersion = modules.filter((candidate) => candidate.protocol === 'query' && candidate.version === form.get('Version'));
  const module = ofVersion.find((candidate) => candidate.service === signature?.service) ?? ofVersion[0];
  if (!module) {
    throw new AwsError(
      'InvalidAction',
      `The sandbox has no service that speaks the query protocol in version ${form.get('Version') ?? '(none given)'}.`,
    );
  }
  return { module, operation, readInput: () => parseQueryInput(form) };
}

function succeed({ module, operation }: Target, request: HttpRequest, result: unknown, requestId: string): HttpResponse {
  return module.protocol === 'json'
    ? jsonResult(request, result, requestId)
    : queryResult(operation, module.namespace ?? '', modelOf(module.service).operations[operation]?.hasResult ?? false, result, requestId);
}

function fail(module: ServiceModule | undefined, request: HttpRequest, error: AwsError, requestId: string): HttpResponse {
  const isJson = module ? module.protocol === 'json' : request.headers['x-amz-target'] !== undefined;
  return isJson
    ? jsonError(request, error, requestId, module && queryCode(module.service, error.code))
    : queryError(error, module?.namespace ?? '', requestId);
}

function unexpected(error: unknown, target: Target | undefined): AwsError {
  console.error('sandbox: a request failed', error);
  return internalFailure(target?.module.service ?? 'sts');
}
