import { Client, Connection } from '@temporalio/client';

/** A client that connects on its first call, so that the API can start before Temporal. */
export function connectTemporal(address: string, namespace: string): Client {
  return new Client({ connection: Connection.lazy({ address }), namespace });
}
