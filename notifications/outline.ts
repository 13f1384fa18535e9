import { parseJson } from './envelope.ts';

/** Fields that identify a message and are no secrets, each with the form of its values. */
const identifying: Readonly<Record<string, RegExp>> = {
  Type: /^[A-Za-z_ ]{1,40}$/,
  State: /^[A-Za-z_ ]{1,40}$/,
  RequestId: /^[\w-]{1,128}$/,
  RequestorWorkflowId: /^[\w-]{1,128}$/,
  UpdatedAt: /^[\d.:TZ+-]{1,40}$/,
};
const fieldName = /^\w{1,40}$/;
const maxFields = 30;

/**
 * Describes a message that Muster does not understand, so that an operator can recognize it: its size, the names of its
 * fields, and the values that identify it. Other values are left out, because one may be an exchange token (D11).
 */
export function outlineOf(text: string): string {
  const size = `${text.length} characters`;
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${size}, no JSON object`;
  const fields = Object.entries(value).slice(0, maxFields);
  const outlined = fields.map(([name, content]) => {
    if (!fieldName.test(name)) return '?';
    return typeof content === 'string' && identifying[name]?.test(content) ? `${name} ${content}` : name;
  });
  return [size, ...outlined].join(', ');
}
