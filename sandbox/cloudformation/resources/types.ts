import type { ServiceName } from '../../core/service-name.ts';
import type { StackResource, StackTag } from '../stack.ts';

export type Properties = Record<string, unknown>;

/** The context of a handler while it creates, updates or deletes one resource. */
export interface HandlerContext {
  /** The stack's account, Region and partition. */
  accountId: string;
  region: string;
  partition: string;
  /** The stack's own tags, which AWS passes on to resources that take tags. */
  stackTags: StackTag[];
  /** The stack's tags before the update in progress. */
  stackTagsBefore: StackTag[];
  resource: StackResource;
  /** Calls another service with the session of the stack's operation. Throws AwsError. */
  invoke<T = Record<string, unknown>>(service: ServiceName, operation: string, input: Record<string, unknown>): Promise<T>;
  /** Runs a step unless an earlier run of this resource has done it already, and waits a little before it. */
  once(step: string, run: () => Promise<void>): Promise<void>;
  /** Says that the resource exists now: from here on a rollback deletes it. */
  identify(physicalId: string, attributes?: Record<string, string>): void;
  /** A name for a resource that the template leaves unnamed: stack, logical id and a random end, at most `max` characters. */
  generatedName(max: number): string;
}

/** How CloudFormation makes one type of resource. */
export interface ResourceHandler {
  type: string;
  /** Property names that the type knows; any other fails the resource. */
  properties: readonly string[];
  required: readonly string[];
  /** Attributes for Fn::GetAtt. */
  attributes: readonly string[];
  /** A change of one of these makes a new resource in place of the old (the type's createOnlyProperties). */
  createOnly: readonly string[];
  /** For IAM's types: the property that names the resource, so that CAPABILITY_NAMED_IAM is needed; null where none does. */
  iamName?: string | null;
  create(properties: Properties, context: HandlerContext): Promise<void>;
  /** Brings an existing resource from `before` to `after`. */
  update(before: Properties, after: Properties, context: HandlerContext): Promise<void>;
  /** Deletes the resource; a resource that is already gone counts as deleted. */
  remove(properties: Properties, context: HandlerContext): Promise<void>;
}
