import type { Owner } from '../../services/acknowledgements/owner.ts';

/** The words and paths of the routes of clouds and of organizations. */
export const owners = {
  cloud: { path: '/v1/clouds/{id}/acknowledgements', name: 'Cloud', tag: 'Clouds', of: 'a cloud' },
  organization: {
    path: '/v1/organizations/{id}/acknowledgements',
    name: 'Organization',
    tag: 'Organizations',
    of: 'all clouds of an organization',
  },
} as const satisfies Record<Owner['type'], unknown>;
