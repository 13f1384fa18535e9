/**
 * The seams of the sandbox: what a service module gives the server, and what the server gives an operation.
 * Service folders (iam/, sts/, cloudformation/, …) depend on this file and on the World only, never on each other's
 * internals: one service reaches another through `Call.invoke`, with a caller's rights, as AWS's own services do.
 */
import type { Caller } from './caller.ts';
import type { ServiceName } from './service-name.ts';
import type { StateSlice } from './state.ts';
import type { World } from './world.ts';

/** The context of one API call. */
export interface Call {
  world: World;
  caller: Caller;
  service: ServiceName;
  operation: string;
  region: string;
  requestId: string;
  /** Aborts when the caller goes away before the answer; long polls end then. Absent for calls between services. */
  signal?: AbortSignal;
  /**
   * Throws AccessDenied (with AWS's sentence: "User: … is not authorized to perform: … on resource: … because no
   * identity-based policy allows …") unless the caller may do `action` on `resource`.
   * `context` adds condition keys, e.g. { 'iam:PermissionsBoundary': arn }.
   */
  authorize(action: string, resource: string, context?: Record<string, string | string[]>): void;
  /** Calls another operation in-process with `caller`'s rights (default: this call's caller). Throws AwsError as the wire would. */
  invoke<T = Record<string, unknown>>(service: ServiceName, operation: string, input: Record<string, unknown>, caller?: Caller): Promise<T>;
}

/** One API operation. Input is the wire's structure: query parameters nested, or the JSON body; strings stay strings under the query protocol. */
export type Operation = (input: Record<string, unknown>, call: Call) => unknown;

/** How a service speaks. query: form in, XML out. json: X-Amz-Target in, JSON out (AWS JSON 1.0 or 1.1). */
export interface ServiceModule {
  service: ServiceName;
  protocol: 'query' | 'json';
  /** Query: the API version, e.g. 2010-05-08, by which the server finds the service. JSON: the target prefix, e.g. AmazonSQS. */
  version: string;
  /** The XML namespace of query answers. */
  namespace?: string;
  operations: Record<string, Operation>;
  /** The service's slices of the state. */
  state?: readonly StateSlice[];
  /** Begins background work (timers, deliveries) once a world is there, also after it was loaded from disk; returns a stop function. */
  start?(world: World): () => void;
}
