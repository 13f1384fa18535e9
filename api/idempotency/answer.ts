import { resourcePath, type Resource } from '../schemas/resource.ts';

/** The HTTP answer to a create call, in the form that is stored for repeats. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** An answer with a resource as its body and a Location header. */
export function answerWith(status: number, type: Resource['type'], resource: { id: string }): Answer {
  return { status, headers: { Location: resourcePath({ type, id: resource.id }) }, body: resource };
}
