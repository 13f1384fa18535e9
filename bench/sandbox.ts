import type { Case } from './options.ts';

/** An organization of the sandbox, as it is submitted to the API. */
export interface MadeOrganization {
  organizationRole: { roleArn: string; externalId: string };
  memberRole: { roleName: string; externalId: string };
}

/** Prepares the sandbox for a case: an organization of its own, whose buckets are full, and the rates that hold for it. */
export async function prepareSandbox(endpoint: string, { accounts, organizationalUnits, way }: Case): Promise<MadeOrganization> {
  const call = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await fetch(new URL(`/_sandbox${path}`, endpoint), {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} /_sandbox${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  await call('PUT', '/limits', { mode: way === 'unlimited' ? 'off' : 'aws' });
  await call('DELETE', '/faults');
  // Whoever may not use the tagging API asks for the tags account by account.
  if (way === 'by-account') await call('POST', '/faults', { service: 'tagging', kind: 'access_denied' });
  return await call('POST', '/organizations', { accounts, ous: organizationalUnits, tagsPerAccount: 3 });
}
