import { AsyncLocalStorage } from 'node:async_hooks';
import { IAMClient, type IAMClientConfig } from '@aws-sdk/client-iam';
import type { Partition } from '../../domain/aws/arn.ts';
import { partitionRegions } from '../../domain/aws/partition.ts';
import type { SessionCredentials } from './clients.ts';

/**
 * Returns IAM as a role's session, so that a role can simulate its own permissions. Do not destroy the client:
 * connections are shared.
 */
export type IamAs = (session: SessionCredentials, partition: Partition) => IAMClient;

/**
 * One IAM client a partition serves all sessions, because creating a client costs several times as much as a call. Each
 * call carries its session, and the signer reads it from there.
 */
export function createIamAs(shared: IAMClientConfig, prepare: (client: IAMClient) => IAMClient = (client) => client): IamAs {
  const sessions = new AsyncLocalStorage<SessionCredentials>();
  // The SDK memoizes a provider's credentials and shares them between concurrent calls unless they are marked as memoized.
  const credentials = Object.assign(async () => sessions.getStore()!, { memoized: true });
  const clients = new Map<Partition, IAMClient>();
  return (session, partition) => {
    const client = clients.get(partition) ?? prepare(new IAMClient({ ...shared, region: partitionRegions(partition).iam, credentials }));
    clients.set(partition, client);
    const send = (...call: Parameters<IAMClient['send']>) => sessions.run(session, () => client.send(...call));
    return Object.create(client, { send: { value: send } }) as IAMClient;
  };
}
