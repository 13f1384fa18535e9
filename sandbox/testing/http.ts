/** For tests over HTTP: the control routes, and SDK clients as different callers. */

/** A sandbox of this process, or of another. */
type Address = { readonly baseUrl: string };

/** Settings of an unmodified SDK client that acts as an account's administrator, without retries of its own. */
export function adminOf(sandbox: Address, accountId: string): object {
  return keysOf(sandbox, { accessKeyId: accountId, secretAccessKey: 'any' });
}

export function keysOf(
  sandbox: Address,
  credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined },
): object {
  return { endpoint: sandbox.baseUrl, region: 'us-east-1', maxAttempts: 1, credentials };
}

/** Calls a control route; answers the status and the parsed body. */
export async function control(
  sandbox: Address,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(`${sandbox.baseUrl}/_sandbox${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}
