import { AwsError } from '../core/aws-error.ts';
import type { SqsState } from './state.ts';

/** Bounds from the SQS API reference, SetQueueAttributes. Seconds, except MaximumMessageSize in bytes. */
const numeric: Record<string, { min: number; max: number; initial: number }> = {
  DelaySeconds: { min: 0, max: 900, initial: 0 },
  MaximumMessageSize: { min: 1024, max: 1_048_576, initial: 1_048_576 },
  MessageRetentionPeriod: { min: 60, max: 1_209_600, initial: 345_600 },
  ReceiveMessageWaitTimeSeconds: { min: 0, max: 20, initial: 0 },
  VisibilityTimeout: { min: 0, max: 43_200, initial: 30 },
};

/** Accepted and answered back, without effect on one machine. */
const passive = new Set(['SqsManagedSseEnabled', 'KmsMasterKeyId', 'KmsDataKeyReusePeriodSeconds', 'RedriveAllowPolicy']);

const invalidValue = (name: string): AwsError => new AwsError('InvalidAttributeValue', `Invalid value for the parameter ${name}.`);

/** The default attributes of a queue. */
export function initialAttributes(): Record<string, string> {
  const attributes: Record<string, string> = { SqsManagedSseEnabled: 'true' };
  for (const [name, { initial }] of Object.entries(numeric)) attributes[name] = String(initial);
  return attributes;
}

/**
 * Checks attributes as SetQueueAttributes does.
 * @throws AwsError InvalidAttributeName for a name that SQS does not know, InvalidAttributeValue for a value out of bounds.
 */
export function checkAttributes(attributes: Record<string, string>, sqs: SqsState): void {
  for (const [name, value] of Object.entries(attributes)) {
    const bounds = numeric[name];
    if (bounds !== undefined) {
      if (!/^\d+$/.test(value) || Number(value) < bounds.min || Number(value) > bounds.max) throw invalidValue(name);
    } else if (name === 'Policy') {
      if (value !== '') parseObject(name, value);
    } else if (name === 'RedrivePolicy') {
      if (value !== '') checkRedrivePolicy(value, sqs);
    } else if (!passive.has(name)) {
      throw new AwsError('InvalidAttributeName', `Unknown Attribute ${name}.`);
    }
  }
}

export interface RedrivePolicy {
  deadLetterTargetArn: string;
  maxReceiveCount: number;
}

/** Reads a stored, checked redrive policy. */
export function redrivePolicyOf(attributes: Record<string, string>): RedrivePolicy | undefined {
  if (!attributes['RedrivePolicy']) return undefined;
  const policy = JSON.parse(attributes['RedrivePolicy']) as { deadLetterTargetArn: string; maxReceiveCount: unknown };
  return { deadLetterTargetArn: policy.deadLetterTargetArn, maxReceiveCount: Number(policy.maxReceiveCount) };
}

function parseObject(name: string, value: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(value);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Record<string, unknown>;
  } catch {
    // Answered below, as any other value that is no JSON object.
  }
  throw invalidValue(name);
}

function checkRedrivePolicy(value: string, sqs: SqsState): void {
  const policy = parseObject('RedrivePolicy', value);
  const refuse = (reason: string): AwsError =>
    new AwsError('InvalidParameterValue', `Value ${value} for parameter RedrivePolicy is invalid. Reason: ${reason}`);
  const count = Number(policy['maxReceiveCount']);
  if (!Number.isInteger(count) || count < 1 || count > 1000) {
    throw refuse('Invalid value for maxReceiveCount, valid values are from 1 to 1000 both inclusive.');
  }
  if (typeof policy['deadLetterTargetArn'] !== 'string')
    throw refuse('Redrive policy does not contain mandatory attribute: deadLetterTargetArn.');
  if (!sqs.queues.has(policy['deadLetterTargetArn'])) throw refuse('Dead letter target does not exist.');
}
