const collections = {
  cloud: 'clouds',
  delegation_request: 'delegation-requests',
  organization: 'organizations',
  preview: 'previews',
  sync: 'syncs',
} as const;

/** One resource of the API. */
export interface Resource {
  type: keyof typeof collections;
  id: string;
}

/** The path at which a resource is found. */
export function resourcePath({ type, id }: Resource): string {
  return `/v1/${collections[type]}/${id}`;
}
