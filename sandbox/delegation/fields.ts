/** Field patterns and sizes of the delegation operations, from the API model. */
import { readFields } from '../core/fields.ts';
import type { TextRule } from '../core/fields.ts';
import type { PolicyParameter } from './state.ts';

const printable = /[\t\n\r\u0020-\u007e\u00a1-\u00ff]*/;

export const delegationRequestId = { required: true, min: 16, max: 128, pattern: /[\w-]+/ } as const;
export const ownerAccountId: TextRule = { pattern: /\d{12}/ };
export const description = { required: true, max: 1000, pattern: printable } as const;
export const requestMessage: TextRule = { max: 200, pattern: printable };
export const requestorWorkflowId = { required: true, min: 5, max: 400, pattern: /[\t\n\r\u0020-\u007e\u00a1-\u00ff]+/ } as const;
export const redirectUrl: TextRule = {
  min: 1,
  max: 255,
  pattern: /http(s?):\/\/[a-zA-Z0-9._/-]*(\?[a-zA-Z0-9._=&-]*)?(#[a-zA-Z0-9._/-]*)?/,
};
export const notificationChannel = { required: true, min: 2, max: 400, pattern: /[a-zA-Z0-9:_.-]+/ } as const;
/** Seconds. */
export const sessionDuration = { required: true, min: 300, max: 43_200 } as const;
export const notes: TextRule = { max: 500, pattern: printable };
export const policyTemplateArn = { required: true, min: 20, max: 2048 } as const;
export const ownerId: TextRule = { min: 20, max: 2048, pattern: /[a-zA-Z0-9:/+=,.@_-]+/ };
export const marker: TextRule = { min: 1, max: 320, pattern: /[\u0020-\u00ff]+/ };
export const entityArn = { required: true, min: 20, max: 2048 } as const;
export const locale: TextRule = { min: 2, max: 12 };

const parameterName = { required: true, min: 5, max: 256, pattern: /[ -~]+/ } as const;
const parameterType = { required: true, values: ['string', 'stringList'] } as const;

/** Reads Permissions.Parameters: at most 50, each checked by the model. Throws ValidationError. */
export function readParameters(permissions: Record<string, unknown>): PolicyParameter[] {
  const fields = readFields(permissions);
  const entries = fields.list<Record<string, unknown>>('Parameters', { max: 50 });
  fields.check();
  return entries.map((entry) => {
    const member = readFields(entry);
    const parameter = {
      Name: member.text('Name', parameterName),
      Values: member.list('Values'),
      Type: member.text('Type', parameterType) as PolicyParameter['Type'],
    };
    member.check();
    for (const value of parameter.Values) {
      const one = readFields({ Values: value });
      one.text('Values', { pattern: /[ -~]+/ });
      one.check();
    }
    return parameter;
  });
}
