import type { ZodError } from 'zod';
import type { Context } from 'hono';
import type { ApiEnv } from '../context.ts';
import { invalid, notFound } from './errors.ts';
import { respondProblem } from './respond.ts';
import type { FieldFault } from './service-error.ts';

type Issue = ZodError['issues'][number];

/** The JSON pointer (RFC 6901) of a path. */
export function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function faultsOf(issue: Issue, target: string): FieldFault[] {
  if (issue.code === 'unrecognized_keys') {
    const kind = target === 'query' ? 'query parameter' : 'field';
    return issue.keys.map((key) => ({
      pointer: pointerOf([...issue.path, key]),
      message: `There is no ${kind} "${key}". Leave it out.`,
    }));
  }
  return [{ pointer: pointerOf(issue.path), message: issue.message }];
}

/** The invalid fields, each with its first message. */
export function fieldFaults(error: ZodError, target: string): FieldFault[] {
  const faults = new Map<string, FieldFault>();
  for (const fault of error.issues.flatMap((issue) => faultsOf(issue, target))) {
    if (!faults.has(fault.pointer)) faults.set(fault.pointer, fault);
  }
  return [...faults.values()];
}

/** Responds to input that does not match its schema: 404 for an id in the path that is no UUID, 422 otherwise. */
export function onInvalid(
  result: { target: string; success: true } | { target: string; success: false; error: ZodError },
  c: Context<ApiEnv>,
): Response | undefined {
  if (result.success) return undefined;
  if (result.target === 'param' && result.error.issues.some((issue) => issue.path[0] === 'id')) {
    return respondProblem(c, notFound('There is no resource with this id. An id is a UUID.'));
  }
  return respondProblem(c, invalid(fieldFaults(result.error, result.target)));
}
