/** The errors by which the services refuse an input that is not as their API model says. */
import { AwsError } from '../core/aws-error.ts';
import type { ServiceName } from '../core/service-name.ts';
import { problemsOf } from './check.ts';
import type { Problem } from './check.ts';

/**
 * Throws unless an operation's input is what its API model allows. SNS and SQS have rules and sentences of their own (sns/,
 * sqs/): their models hold hardly any constraint.
 */
export function checkInput(service: ServiceName, operation: string, input: Record<string, unknown>): void {
  if (service === 'sns' || service === 'sqs') return;
  const problems = problemsOf(service, operation, input);
  if (problems.length === 0) return;
  if (service === 'organizations') throw invalidInput(problems[0]!);
  if (service === 'tagging') throw new AwsError('InvalidParameterException', sentenceOf(problems));
  throw new AwsError('ValidationError', sentenceOf(problems));
}

/** In the words of AWS's common validator: every problem at once. */
function sentenceOf(problems: readonly Problem[]): string {
  const count = problems.length === 1 ? '1 validation error' : `${problems.length} validation errors`;
  return `${count} detected: ${problems.map(describe).join('; ')}`;
}

function describe(problem: Problem): string {
  const { path, value, shape } = problem;
  const shown = value === undefined ? ' null' : typeof value === 'object' ? '' : ` '${String(value)}'`;
  return `Value${shown} at '${path}' failed to satisfy constraint: Member must ${demand(problem, shape)}`;
}

function demand({ kind }: Problem, { min, max, pattern, enum: values }: Problem['shape']): string {
  switch (kind) {
    case 'required':
      return 'not be null';
    case 'too-short':
      return `have length greater than or equal to ${min}`;
    case 'too-long':
      return `have length less than or equal to ${max}`;
    case 'too-small':
      return `have value greater than or equal to ${min}`;
    case 'too-large':
      return `have value less than or equal to ${max}`;
    case 'pattern':
      return `satisfy regular expression pattern: ${pattern}`;
    case 'enum':
      return `satisfy enum value set: [${values!.join(', ')}]`;
  }
}

const reasons: Record<Problem['kind'], string> = {
  required: 'INPUT_REQUIRED',
  'too-short': 'MIN_LENGTH_EXCEEDED',
  'too-long': 'MAX_LENGTH_EXCEEDED',
  'too-small': 'MIN_VALUE_EXCEEDED',
  'too-large': 'MAX_VALUE_EXCEEDED',
  pattern: 'INVALID_PATTERN',
  enum: 'INVALID_ENUM',
};

/** Organizations names one problem and its reason (API model, InvalidInputExceptionReason). */
function invalidInput({ kind, member, shapeName }: Problem): AwsError {
  const reason = kind === 'enum' && shapeName === 'PolicyType' ? 'INVALID_ENUM_POLICY_TYPE' : reasons[kind];
  const message = kind === 'required' ? `You must provide a value for ${member}.` : `You provided a value for ${member} that is not valid.`;
  return new AwsError('InvalidInputException', message, 400, { Reason: reason });
}
