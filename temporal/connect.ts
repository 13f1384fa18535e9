import { ConfigurationError } from '../config/environment.ts';
import { connectionOptions, type TemporalConnection } from '../config/temporal.ts';
import { diagnoseConnection } from './diagnose.ts';

/** Explains why a program cannot reach Temporal: address, reason and remedy, without secrets. */
export async function describeRefusal(temporal: TemporalConnection, error: unknown): Promise<string> {
  const reason = (await diagnoseConnection(temporal)) ?? (error instanceof Error ? error.message : String(error));
  const way = temporal.tls === false ? 'in clear' : `by TLS, ${temporal.tls.clientCertPair ? 'with a' : 'without'} client certificate`;
  return `Temporal at ${temporal.address} (${way}): ${reason}.`;
}

/** Connects by `connect`. Throws a ConfigurationError that names the reason if the server refuses. */
export async function connectOrExplain<Connected>(
  program: string,
  temporal: TemporalConnection,
  connect: (options: ReturnType<typeof connectionOptions>) => Promise<Connected>,
): Promise<Connected> {
  try {
    return await connect(connectionOptions(temporal));
  } catch (error) {
    throw new ConfigurationError(`${program} cannot start: it does not reach ${await describeRefusal(temporal, error)}`);
  }
}
