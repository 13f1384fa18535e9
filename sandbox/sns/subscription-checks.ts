import { invalidParameter } from './errors.ts';

/**
 * Checks a subscription's attributes. Filter and delivery policies are refused rather than ignored: a person who relies
 * on one must not believe that it works here.
 */
export function checkAttributes(attributes: Record<string, string>): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (name === 'RawMessageDelivery') {
      if (value !== 'true' && value !== 'false') throw invalidParameter('Attributes Reason: RawMessageDelivery: Invalid value');
    } else if (name === 'RedrivePolicy') {
      if (value !== '' && !isRedrivePolicy(value)) throw invalidParameter('RedrivePolicy: must be a JSON object with deadLetterTargetArn');
    } else {
      throw invalidParameter(`AttributeName: ${name} is not supported here`);
    }
  }
}

function isRedrivePolicy(value: string): boolean {
  try {
    const policy = JSON.parse(value) as { deadLetterTargetArn?: unknown };
    return typeof policy.deadLetterTargetArn === 'string' && /^arn:[\w-]+:sqs:/.test(policy.deadLetterTargetArn);
  } catch {
    return false;
  }
}
