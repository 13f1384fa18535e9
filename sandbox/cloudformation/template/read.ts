import { validationError } from '../errors.ts';
import { parseTemplateBody } from './parse.ts';
import type { Template } from './types.ts';

const SECTIONS = new Set([
  'AWSTemplateFormatVersion',
  'Conditions',
  'Description',
  'Mappings',
  'Metadata',
  'Outputs',
  'Parameters',
  'Resources',
]);

/** Inline limit of CreateStack, UpdateStack and ValidateTemplate (CloudFormation User Guide, "Understand CloudFormation quotas"). */
const MAX_BODY_BYTES = 51_200;
/** CloudFormation User Guide, "Understand CloudFormation quotas". */
const MAX_PARAMETERS = 200;

const known = new Map<string, Template>();
const maxKnown = 50;

/** As parseTemplate, read once: thousands of stacks share a few bodies. Callers must not change the result. */
export function readTemplate(body: string): Template {
  const before = known.get(body);
  if (before !== undefined) return before;
  const template = parseTemplate(body);
  if (known.size >= maxKnown) known.clear();
  known.set(body, template);
  return template;
}

/**
 * Reads a template body into its sections and checks their shape, not yet their references (see check.ts).
 * Throws ValidationError with AWS's sentences. Rules, Transform and Hooks are refused: the sandbox does not run them.
 */
function parseTemplate(body: string): Template {
  if (Buffer.byteLength(body) > MAX_BODY_BYTES) {
    throw validationError(
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${MAX_BODY_BYTES}`,
    );
  }
  const root = parseTemplateBody(body);
  if (!isObject(root)) throw validationError('Template format error: unsupported structure.');
  const unknown = Object.keys(root).filter((section) => !SECTIONS.has(section));
  if (unknown.length > 0) throw validationError(`Invalid template property or properties [${unknown.join(', ')}]`);
  if (root.AWSTemplateFormatVersion !== undefined && root.AWSTemplateFormatVersion !== '2010-09-09') {
    throw validationError('Template format error: unsupported value for AWSTemplateFormatVersion.');
  }
  const template: Template = {
    parameters: section(root, 'Parameters'),
    mappings: section(root, 'Mappings'),
    conditions: section(root, 'Conditions'),
    resources: section(root, 'Resources'),
    outputs: section(root, 'Outputs'),
  };
  if (typeof root.Description === 'string') template.description = root.Description;
  checkShape(template);
  return template;
}

function checkShape({ parameters, resources, outputs }: Template): void {
  if (Object.keys(resources).length === 0) {
    throw validationError('Template format error: At least one Resources member must be defined.');
  }
  if (Object.keys(parameters).length > MAX_PARAMETERS) {
    throw validationError(
      `Template format error: Number of parameters, ${Object.keys(parameters).length}, is greater than maximum allowed, ${MAX_PARAMETERS}`,
    );
  }
  for (const [id, resource] of Object.entries(resources)) {
    if (!/^[A-Za-z0-9]+$/.test(id)) throw validationError(`Template format error: Resource name ${id} is non alphanumeric.`);
    if (!isObject(resource) || typeof resource.Type !== 'string') {
      throw validationError(`Template format error: [/Resources/${id}] Every Resources object must contain a Type member.`);
    }
  }
  for (const [id, parameter] of Object.entries(parameters)) {
    if (!/^[A-Za-z0-9]+$/.test(id)) throw validationError(`Template format error: Parameter name ${id} is non alphanumeric.`);
    if (!isObject(parameter) || typeof parameter.Type !== 'string') {
      throw validationError(`Template format error: Every Parameters object must contain a Type member.`);
    }
  }
  for (const [id, output] of Object.entries(outputs)) {
    if (!isObject(output) || output.Value === undefined) {
      throw validationError(`Template format error: Output ${id} is malformed. Every Outputs member must contain a Value object`);
    }
  }
}

function section(root: Record<string, unknown>, name: string): Record<string, never> {
  const value = root[name] ?? {};
  if (!isObject(value)) throw validationError(`Template format error: ${name} section must be an object.`);
  return value as Record<string, never>;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
