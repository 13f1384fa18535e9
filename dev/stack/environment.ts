import { readFileSync } from 'node:fs';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { LOOPBACK } from '../process/ports.ts';
import { APPLICATION_USER, databaseUrl } from '../postgres/server.ts';
import { CALLER_ROLE_ARN, NOTIFICATION_TOPIC_ARN, notificationQueueUrl, PARTNER_FILE } from '../partner/muster.ts';
import { PROJECT_ROOT, type Home } from './home.ts';
import type { Ports } from './ports.ts';
import type { Secrets } from './secrets.ts';

const DATABASE = 'muster';

/** The addresses of a running stack. */
export interface Addresses {
  readonly apiUrl: string;
  readonly temporalAddress: string;
  readonly temporalNamespace: string;
  /** Null if Temporal is not the stack's own. */
  readonly temporalUiUrl: string | null;
  readonly awsEndpointUrl: string;
  /** The URL of the application's role. */
  readonly databaseUrl: string;
  /** The URL of the owner of the tables. */
  readonly ownerDatabaseUrl: string;
  /** The URL of the owner, without Muster's database. */
  readonly databaseServerUrl: string;
  readonly databaseName: string;
}

/** Derives the addresses from the ports. `existingTemporal` is the host:port of a server that is not the stack's own. */
export function addressesOf(ports: Ports, secrets: Secrets, temporalNamespace: string, existingTemporal: string | undefined): Addresses {
  const http = (port: number): string => `http://${LOOPBACK}:${port}`;
  return {
    apiUrl: http(ports.api),
    temporalAddress: existingTemporal ?? `${LOOPBACK}:${ports.temporal}`,
    temporalNamespace,
    temporalUiUrl: existingTemporal === undefined ? http(ports.temporalUi) : null,
    awsEndpointUrl: http(ports.sandbox),
    databaseUrl: databaseUrl(ports.postgres, secrets.applicationPassword, DATABASE, APPLICATION_USER),
    ownerDatabaseUrl: databaseUrl(ports.postgres, secrets.postgresPassword, DATABASE),
    databaseServerUrl: databaseUrl(ports.postgres, secrets.postgresPassword, 'postgres'),
    databaseName: DATABASE,
  };
}

const registered = z.array(z.object({ arn: z.string(), file: z.string() }));
const registrationSchema = z.object({ policyTemplates: registered, permissionsBoundaries: registered });

/** The ARNs under which AWS, here the sandbox, registered the files in templates/delegation. */
function registeredArns(): NodeJS.ProcessEnv {
  const file = join(PROJECT_ROOT, 'templates/delegation/registration.json');
  const { policyTemplates, permissionsBoundaries } = registrationSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  // A changed boundary is registered beside the boundary that existing roles have, so the newest entry counts.
  const newestOf = (entries: z.infer<typeof registered>, name: string) => entries.findLast((entry) => entry.file === name)?.arn;
  return {
    MUSTER_POLICY_TEMPLATE_ARN: newestOf(policyTemplates, 'account-policy.json'),
    MUSTER_PERMISSIONS_BOUNDARY_ARN: newestOf(permissionsBoundaries, 'permissions-boundary.json'),
    MUSTER_ORGANIZATION_POLICY_TEMPLATE_ARN: newestOf(policyTemplates, 'organization-policy.json'),
    MUSTER_ORGANIZATION_PERMISSIONS_BOUNDARY_ARN: newestOf(permissionsBoundaries, 'organization-boundary.json'),
  };
}

/** Variables of a developer's own AWS and database, and the profile file of Temporal's tools: they must never reach a program of the stack. */
const foreign = /^(AWS_.*|MIGRATE_DATABASE_URL|TEMPORAL_CONFIG_FILE|TEMPORAL_PROFILE)$/;
/** Settings of a connection to Temporal; the stack's own server has neither TLS nor keys. */
const connection = /^TEMPORAL_(TLS|API_KEY|GRPC_META_|ADDRESS$|NAMESPACE$)/;

/** This process's environment without foreign credentials. Only an existing Temporal server needs the settings of a connection. */
function withoutForeign(environment: NodeJS.ProcessEnv, usesExistingTemporal: boolean): NodeJS.ProcessEnv {
  const isKept = (name: string): boolean => !foreign.test(name) && (usesExistingTemporal || !connection.test(name));
  return Object.fromEntries(Object.entries(environment).filter(([name]) => isKept(name)));
}

/** The environment of each of our programs. */
export type Environments = Readonly<Record<'migrate' | 'sandbox' | 'worker' | 'api', NodeJS.ProcessEnv>>;

/**
 * Builds the environment of each program. The worker finds its identity as on an EC2 instance, by the metadata service
 * that the sandbox serves. Shared AWS files would override that identity, so the worker does not see them.
 */
export function environmentsOf(home: Home, ports: Ports, addresses: Addresses, secrets: Secrets): Environments {
  const base = withoutForeign(process.env, false);
  const product: NodeJS.ProcessEnv = {
    ...withoutForeign(process.env, addresses.temporalUiUrl === null),
    DATABASE_URL: addresses.databaseUrl,
    TEMPORAL_ADDRESS: addresses.temporalAddress,
    TEMPORAL_NAMESPACE: addresses.temporalNamespace,
    MUSTER_SEALING_KEYS: secrets.sealingKeys,
    MUSTER_PUBLIC_URL: addresses.apiUrl,
    AWS_REGION: 'us-east-1',
    MUSTER_CALLER_ROLE_ARN: CALLER_ROLE_ARN,
    MUSTER_NOTIFICATION_TOPIC_ARN: NOTIFICATION_TOPIC_ARN,
    MUSTER_NOTIFICATION_QUEUE_URL: notificationQueueUrl(addresses.awsEndpointUrl),
    ...registeredArns(),
  };
  return {
    migrate: { ...base, DATABASE_URL: addresses.databaseUrl, MIGRATE_DATABASE_URL: addresses.ownerDatabaseUrl },
    sandbox: { ...base, SANDBOX_PORT: String(ports.sandbox), SANDBOX_DATA: home.sandboxData, SANDBOX_PARTNER: PARTNER_FILE },
    worker: {
      ...product,
      AWS_ENDPOINT_URL: addresses.awsEndpointUrl,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: addresses.awsEndpointUrl,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
      AWS_CONFIG_FILE: devNull,
    },
    api: {
      ...product,
      HOST: LOOPBACK,
      PORT: String(ports.api),
      MUSTER_BOOTSTRAP_ADMIN_KEY: secrets.adminApiKey,
      // The sandbox signs its messages with its own certificate.
      MUSTER_SNS_CERTIFICATE_ORIGIN: addresses.awsEndpointUrl,
      // People change the topic of the sandbox to try both versions.
      MUSTER_SNS_SIGNATURE_VERSION: 'any',
    },
  };
}
