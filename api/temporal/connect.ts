import { Client, Connection, type ConnectionOptions } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';

/** TLS, API key and metadata of the connection, and the conversion of payloads; in clear unless given. */
export interface TemporalSecurity {
  connection?: ConnectionOptions;
  dataConverter?: DataConverter;
}

/** A client that connects on its first call, so that the API can start before Temporal. */
export function connectTemporal(
  address: string,
  namespace: string,
  { connection = {}, dataConverter = {} }: TemporalSecurity = {},
): Client {
  return new Client({ connection: Connection.lazy({ ...connection, address }), namespace, dataConverter });
}
