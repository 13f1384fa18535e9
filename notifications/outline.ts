import { parseJson } from './envelope.ts';

/** Fields whose values say what a message is about and are no secrets, each with what such a value looks like. */
const telling: Readonly<Record<string, RegExp>> = {
  Type: /^[A-Za-z_ ]{1,40}$/,
  State: /^[A-Za-z_ ]{1,40}$/,
  RequestId: /^[\w-]{1,128}$/,
  RequestorWorkflowId: /^[\w-]{1,128}$/,
  UpdatedAt: /^[\d.:TZ+-]{1,40}$/,
};
const fieldName = /^\w{1,40}$/;
const mostFields = 30;

/**
 * What an operator needs to recognise a message that was not understood: its size, its fields' names and what it is about.
 * Its other values are left out, since one of them may be an exchange token (D11).
 */
export function outlineOf(text: string): string {
  const size = `${text.length} characters`;
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return `${size}, no JSON object`;
  const fields = Object.entries(value).slice(0, mostFields);
  const outlined = fields.map(([name, content]) => {
    if (!fieldName.test(name)) return '?';
    return typeof content === 'string' && telling[name]?.test(content) ? `${name} ${content}` : name;
  });
  return [size, ...outlined].join(', ');
}
