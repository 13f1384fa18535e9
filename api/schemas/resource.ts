const collections = {
  cloud: 'clouds',
  delegation_request: 'delegation-requests',
  organization: 'organizations',
  preview: 'previews',
  sync: 'syncs',
} as const;

/** A resource of the API. */
export interface Resource {
  type: keyof typeof collections;
  id: string;
}

/** The URL path of a resource. */
export function resourcePath({ type, id }: Resource): string {
  return `/v1/${collections[type]}/${id}`;
}
