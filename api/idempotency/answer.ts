import { resourcePath, type Resource } from '../schemas/resource.ts';

/** The HTTP answer to a create call, as it is kept for repeats of the call. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** An answer whose body is a resource, with a link to it. */
export function answerWith(status: number, type: Resource['type'], resource: { id: string }): Answer {
  return { status, headers: { Location: resourcePath({ type, id: resource.id }) }, body: resource };
}
