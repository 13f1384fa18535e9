import { Client, Connection } from '@temporalio/client';

/** A client that connects with its first call, so that the API can start before Temporal does. */
export function connectTemporal(address: string, namespace: string): Client {
  return new Client({ connection: Connection.lazy({ address }), namespace });
}
