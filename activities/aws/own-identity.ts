import { defaultProvider } from '@aws-sdk/credential-provider-node';

/**
 * Muster's own AWS identity, from the SDK's default chain (O3). Many clients share one provider, so that the metadata
 * service is called once. Its timeout is longer than the SDK's second: a host that is busy with a large sync answers
 * late, and a missing identity fails every account at once.
 * https://docs.aws.amazon.com/sdk-for-javascript/v3/developer-guide/setting-credentials-node.html
 */
export function createOwnIdentity(): ReturnType<typeof defaultProvider> {
  return defaultProvider({ timeout: 5_000, maxRetries: 2 });
}
