import { existsSync } from 'node:fs';
import { loadClientConfigProfile, toClientOptions, type ClientConfigProfile } from '@temporalio/envconfig';
import type { z } from 'zod';
import { readEnvironment, type SettingFault } from './environment.ts';

/** How a program reaches Temporal, for `Connection` and `NativeConnection` alike. */
export interface TemporalConnection {
  address: string;
  namespace: string;
  tls: false | TemporalTls;
  apiKey: string | undefined;
  metadata: Record<string, string> | undefined;
  /** Where each setting came from, for the log: `environment`, or the file and its profile. Never a value that is secret. */
  origin: Record<string, string>;
}

/** TLS settings, in the form of the Temporal SDK. */
export interface TemporalTls {
  serverNameOverride?: string;
  serverRootCACertificate?: Buffer;
  clientCertPair?: { crt: Buffer; key: Buffer };
}

/** The options of a connection, without what is for Muster only. */
export function connectionOptions({ address, tls, apiKey, metadata }: TemporalConnection) {
  return { address, tls, ...(apiKey === undefined ? {} : { apiKey }), ...(metadata === undefined ? {} : { metadata }) };
}

type Variables = Record<string, string>;

/** Variables of Temporal's environment configuration that hold a truth value. Its reader takes any other word for no. */
const truthValues = ['TEMPORAL_TLS', 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'] as const;

/**
 * Reads a program's settings, and those of its connection to Temporal by Temporal's environment configuration
 * (https://docs.temporal.io/develop/environment-configuration). A profile file is read only if TEMPORAL_CONFIG_FILE or
 * TEMPORAL_PROFILE is set: a file in a person's home must not redirect a server program. Throws a ConfigurationError that
 * lists every fault.
 */
export function readEnvironmentWithTemporal<Schema extends z.ZodObject>(
  program: string,
  schema: Schema,
  environment: NodeJS.ProcessEnv = process.env,
): { settings: z.infer<Schema>; temporal: TemporalConnection } {
  // An empty variable counts as not set, as for all other settings; Temporal's own reader takes it for a value.
  const variables = Object.fromEntries(Object.entries(environment).filter(([, value]) => value)) as Variables;
  const { profile, faults, file } = loadProfile(variables);
  const connection = faults.length === 0 ? resolve(profile, variables, file, faults) : null;
  const settings = readEnvironment(
    program,
    schema,
    {
      ...environment,
      TEMPORAL_ADDRESS: profile.address ?? variables['TEMPORAL_ADDRESS'],
      TEMPORAL_NAMESPACE: profile.namespace ?? variables['TEMPORAL_NAMESPACE'],
    },
    faults,
  );
  const { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace } = settings as Record<string, string>;
  return { settings, temporal: { ...connection!, address: address!, namespace: namespace! } };
}

function loadProfile(variables: Variables): { profile: ClientConfigProfile; faults: SettingFault[]; file: string | null } {
  const faults: SettingFault[] = [];
  const { TEMPORAL_CONFIG_FILE: configFile, TEMPORAL_PROFILE: profileName } = variables;
  for (const name of truthValues) {
    if (!/^(true|false|1|0)?$/.test(variables[name] ?? '')) faults.push({ name, message: 'must be true or false' });
  }
  // Temporal's reader ignores these two in silence.
  if (configFile !== undefined && !existsSync(configFile))
    faults.push({ name: 'TEMPORAL_CONFIG_FILE', message: 'names a file that does not exist' });
  if (/^(true|1)$/.test(variables['TEMPORAL_TLS_DISABLE_HOST_VERIFICATION'] ?? '')) {
    faults.push({
      name: 'TEMPORAL_TLS_DISABLE_HOST_VERIFICATION',
      message:
        'cannot be true. Set TEMPORAL_TLS_SERVER_NAME to the name in the certificate, or TEMPORAL_TLS_SERVER_CA_CERT_PATH to its authority',
    });
  }
  const usesFile = configFile !== undefined || profileName !== undefined;
  const name = configFile === undefined ? 'TEMPORAL_PROFILE' : 'TEMPORAL_CONFIG_FILE';
  const file = usesFile ? `${configFile ?? "the user's temporal.toml"}, profile ${profileName ?? 'default'}` : null;
  if (faults.length > 0) return { profile: {}, faults, file };
  try {
    // The strict reader refuses misspelt keys, which would otherwise be ignored: `server_ca` for `server_ca_cert_path`.
    const profile = loadClientConfigProfile({ disableFile: !usesFile, configFileStrict: true, overrideEnvVars: variables });
    return { profile, faults, file };
  } catch (error) {
    // The parser's message shows lines of the file, which may hold keys.
    const { message: found } = error as Error;
    const message = found.startsWith('Invalid TOML') ? 'names a file that is not TOML' : withoutValues(found);
    return { profile: {}, faults: [{ name: usesFile ? name : 'TEMPORAL_TLS', message }], file };
  }
}

/** Keeps the first line of a message, of at most 200 characters. */
const withoutValues = (message: string): string => message.split('\n')[0]!.slice(0, 200);

function resolve(
  profile: ClientConfigProfile,
  variables: Variables,
  file: string | null,
  faults: SettingFault[],
): Omit<TemporalConnection, 'address' | 'namespace'> | null {
  const source = (names: RegExp, isSet: unknown): string | null => {
    if (isSet === undefined) return null;
    return Object.keys(variables).some((name) => names.test(name)) ? 'environment' : (file ?? 'environment');
  };
  const { tls: settings } = profile;
  // Temporal's reader connects without a certificate if only one half is there.
  if (settings && (settings.clientCert === undefined) !== (settings.clientKey === undefined)) {
    const [missing, present] = settings.clientKey ? ['CERT', 'KEY'] : ['KEY', 'CERT'];
    faults.push({
      name: `TEMPORAL_TLS_CLIENT_${missing}_PATH`,
      message: `is not set, but TEMPORAL_TLS_CLIENT_${present}_PATH is (or …_DATA). Set both or none`,
    });
  }
  if (settings?.disabled === true && profile.apiKey !== undefined)
    faults.push({ name: 'TEMPORAL_TLS', message: 'cannot be false with an API key, which would cross the network in clear' });
  if (faults.length > 0) return null;
  try {
    const { tls, apiKey, metadata } = toClientOptions(profile).connectionOptions as {
      tls?: boolean | TemporalTlsOfReader;
      apiKey?: string;
      metadata?: Record<string, string>;
    };
    const origin = Object.fromEntries(
      Object.entries({
        address: source(/^TEMPORAL_ADDRESS$/, profile.address),
        namespace: source(/^TEMPORAL_NAMESPACE$/, profile.namespace) ?? 'default',
        tls: source(/^TEMPORAL_TLS/, settings) ?? (apiKey === undefined ? 'default' : 'on, because there is an API key'),
        apiKey: source(/^TEMPORAL_API_KEY$/, apiKey),
        metadata: source(/^TEMPORAL_GRPC_META_/, metadata),
      }).filter((entry): entry is [string, string] => entry[1] !== null),
    );
    return { tls: tlsOf(tls), apiKey, metadata, origin };
  } catch (error) {
    // A certificate that cannot be read: the message names the file.
    faults.push({ name: 'TEMPORAL_TLS', message: withoutValues((error as Error).message) });
    return null;
  }
}

interface TemporalTlsOfReader {
  serverNameOverride?: string | null;
  serverRootCACertificate?: Uint8Array | null;
  clientCertPair?: { crt: Uint8Array; key: Uint8Array } | null;
}

function tlsOf(tls: boolean | TemporalTlsOfReader | undefined): false | TemporalTls {
  if (tls === undefined || tls === false) return false;
  if (tls === true) return {};
  const { serverNameOverride, serverRootCACertificate, clientCertPair } = tls;
  return {
    ...(serverNameOverride ? { serverNameOverride } : {}),
    ...(serverRootCACertificate ? { serverRootCACertificate: Buffer.from(serverRootCACertificate) } : {}),
    ...(clientCertPair ? { clientCertPair: { crt: Buffer.from(clientCertPair.crt), key: Buffer.from(clientCertPair.key) } } : {}),
  };
}

/** Describes a connection for the log and for errors, without its secrets. */
export function describeTemporal({ address, namespace, tls, apiKey, origin }: TemporalConnection) {
  return {
    address,
    namespace,
    tls: tls !== false,
    ...(tls === false
      ? {}
      : {
          serverName: tls.serverNameOverride ?? null,
          ownAuthority: tls.serverRootCACertificate !== undefined,
          clientCertificate: tls.clientCertPair !== undefined,
        }),
    apiKey: apiKey !== undefined,
    from: origin,
  };
}
