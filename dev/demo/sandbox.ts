/** An organization that the sandbox made, ready to be added. */
export interface MadeOrganization {
  organizationId: string;
  managementAccountId: string;
  rootId: string;
  organizationRole: { roleArn: string; externalId: string };
  memberRole: { roleName: string; externalId: string };
}

/** The control routes of the sandbox that the demo uses. */
export interface SandboxControl {
  makeOrganization(request: Record<string, number>): Promise<MadeOrganization>;
  /** Runs `run` at AWS's published rates and restores the rates of the sandbox afterwards. */
  atAwsRates<T>(run: () => Promise<T>): Promise<T>;
}

/** Calls a control route of the sandbox: JSON in, JSON out. Throws its answer if it refuses. */
export async function control<T>(awsEndpointUrl: string, method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(new URL(`/_sandbox${path}`, awsEndpointUrl), {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  if (!response.ok) throw new Error(`The sandbox answered ${response.status} to ${method} ${path}: ${await response.text()}`);
  return (await response.json()) as T;
}

export function controlSandbox(awsEndpointUrl: string): SandboxControl {
  return {
    makeOrganization: (request) => control(awsEndpointUrl, 'POST', '/organizations', request),
    async atAwsRates(run) {
      const { mode } = await control<{ mode: string }>(awsEndpointUrl, 'GET', '/limits');
      if (mode === 'aws') return await run();
      await control(awsEndpointUrl, 'PUT', '/limits', { mode: 'aws' });
      try {
        return await run();
      } finally {
        await control(awsEndpointUrl, 'PUT', '/limits', { mode });
      }
    },
  };
}
