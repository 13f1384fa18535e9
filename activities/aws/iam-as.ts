import { AsyncLocalStorage } from 'node:async_hooks';
import { IAMClient, type IAMClientConfig } from '@aws-sdk/client-iam';
import type { Partition } from '../../domain/aws/arn.ts';
import { partitionRegions } from '../../domain/aws/partition.ts';
import type { SessionCredentials } from './clients.ts';

/** Gives IAM as a role's session: by which a role asks what it may do itself. Not to be destroyed: it shares its connections. */
export type IamAs = (session: SessionCredentials, partition: Partition) => IAMClient;

/**
 * One IAM client a partition for all sessions. To make a client costs several times a call, mostly for settings that are
 * the same for all; so the session of a call goes by the call itself, and whoever signs it finds it there.
 */
export function createIamAs(shared: IAMClientConfig, prepare: (client: IAMClient) => IAMClient = (client) => client): IamAs {
  const sessions = new AsyncLocalStorage<SessionCredentials>();
  // The SDK keeps what a provider gives, and lets calls at the same time share it, unless that is done already.
  const credentials = Object.assign(async () => sessions.getStore()!, { memoized: true });
  const clients = new Map<Partition, IAMClient>();
  return (session, partition) => {
    const client = clients.get(partition) ?? prepare(new IAMClient({ ...shared, region: partitionRegions(partition).iam, credentials }));
    clients.set(partition, client);
    const send = (...call: Parameters<IAMClient['send']>) => sessions.run(session, () => client.send(...call));
    return Object.create(client, { send: { value: send } }) as IAMClient;
  };
}
