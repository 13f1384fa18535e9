import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { settings } from './settings.ts';
import { connectionOptions, describeTemporal, readEnvironmentWithTemporal } from './temporal.ts';

const schema = z.object({ TEMPORAL_ADDRESS: settings.TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE: settings.TEMPORAL_NAMESPACE });
const read = (environment: NodeJS.ProcessEnv) => readEnvironmentWithTemporal('muster test', schema, environment).temporal;
const address = { TEMPORAL_ADDRESS: 'temporal.example:7233' };

let folder: string;
let home: string;
const file = (name: string): string => join(folder, name);
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'muster-temporal-'));
  home = file('home');
  const profiles = `
[profile.default]
address = "stranger.example:7233"
api_key = "strangers-key"
[profile.prod]
address = "prod.example:7233"
namespace = "muster.prod"
[profile.prod.tls]
server_name = "prod.internal"
server_ca_cert_path = "${file('ca.pem')}"
client_cert_path = "${file('client.pem')}"
client_key_path = "${file('client.key')}"
`;
  await writeFile(file('profiles.toml'), profiles);
  await mkdir(join(home, '.config/temporalio'), { recursive: true });
  await writeFile(join(home, '.config/temporalio/temporal.toml'), profiles);
  for (const name of ['ca.pem', 'client.pem', 'client.key']) await writeFile(file(name), name);
  await writeFile(file('misspelt.toml'), '[profile.default]\naddress = "a:1"\n[profile.default.tls]\nserver_ca = "/secret/path"\n');
  await writeFile(file('broken.toml'), 'api_key = "not-to-be-shown\n');
});
afterAll(() => rm(folder, { recursive: true }));

describe('the connection to Temporal', () => {
  it('is in clear without settings, as on one machine', () => {
    const connection = read(address);
    expect(connectionOptions(connection)).toEqual({ address: 'temporal.example:7233', tls: false });
    expect(describeTemporal(connection)).toMatchObject({ namespace: 'default', tls: false, apiKey: false });
  });

  it('takes certificates, server name and authority from files', () => {
    const connection = read({
      ...address,
      TEMPORAL_NAMESPACE: 'muster',
      TEMPORAL_TLS_SERVER_NAME: 'temporal.internal',
      TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('ca.pem'),
      TEMPORAL_TLS_CLIENT_CERT_PATH: file('client.pem'),
      TEMPORAL_TLS_CLIENT_KEY_PATH: file('client.key'),
      TEMPORAL_GRPC_META_TEAM: 'cloud',
    });
    expect(connection).toMatchObject({
      namespace: 'muster',
      tls: {
        serverNameOverride: 'temporal.internal',
        serverRootCACertificate: Buffer.from('ca.pem'),
        clientCertPair: { crt: Buffer.from('client.pem'), key: Buffer.from('client.key') },
      },
      metadata: { team: 'cloud' },
    });
  });

  it('takes certificates from the environment itself', () => {
    const { tls } = read({ ...address, TEMPORAL_TLS_CLIENT_CERT_DATA: 'cert', TEMPORAL_TLS_CLIENT_KEY_DATA: 'key' });
    expect(tls).toEqual({ clientCertPair: { crt: Buffer.from('cert'), key: Buffer.from('key') } });
  });

  it('uses TLS with an API key, and on request', () => {
    expect(read({ ...address, TEMPORAL_API_KEY: 'k' })).toMatchObject({ tls: {}, apiKey: 'k' });
    expect(read({ ...address, TEMPORAL_TLS: 'true' })).toMatchObject({ tls: {} });
    expect(read({ ...address, TEMPORAL_TLS: 'false' })).toMatchObject({ tls: false });
  });

  it('counts empty variables as not set, as a compose file gives them', () => {
    const empty = Object.fromEntries(
      ['API_KEY', 'TLS', 'TLS_SERVER_NAME', 'TLS_CLIENT_CERT_PATH', 'TLS_CLIENT_KEY_DATA', 'CONFIG_FILE', 'PROFILE', 'NAMESPACE'].map(
        (name) => [`TEMPORAL_${name}`, ''],
      ),
    );
    expect(read({ ...empty, ...address, HOME: home })).toMatchObject({
      ...{ address: 'temporal.example:7233' },
      namespace: 'default',
      tls: false,
    });
  });
});

describe("a profile file of Temporal's tools", () => {
  it('is not read from the home of a person', () => {
    expect(read({ ...address, HOME: home })).toMatchObject({ address: 'temporal.example:7233', apiKey: undefined, tls: false });
    expect(() => read({ HOME: home })).toThrow('TEMPORAL_ADDRESS: is not set');
  });

  it.each<[string, () => NodeJS.ProcessEnv, () => string]>([
    [
      'TEMPORAL_CONFIG_FILE',
      () => ({ TEMPORAL_CONFIG_FILE: file('profiles.toml'), TEMPORAL_PROFILE: 'prod' }),
      () => `${file('profiles.toml')}, profile prod`,
    ],
    ['TEMPORAL_PROFILE', () => ({ TEMPORAL_PROFILE: 'prod', HOME: home }), () => "the user's temporal.toml, profile prod"],
  ])('is read if %s asks for it', (_name, variables, origin) => {
    const connection = read({ ...variables(), TEMPORAL_ADDRESS: 'other.example:7233' });
    expect(connection).toMatchObject({
      address: 'other.example:7233',
      namespace: 'muster.prod',
      tls: { serverNameOverride: 'prod.internal', clientCertPair: { key: Buffer.from('client.key') } },
    });
    expect(describeTemporal(connection).from).toEqual({ address: 'environment', namespace: origin(), tls: origin() });
  });
});

describe('faults', () => {
  it.each<[string, () => NodeJS.ProcessEnv]>([
    ['TEMPORAL_CONFIG_FILE: names a file that does not exist', () => ({ TEMPORAL_CONFIG_FILE: file('none.toml') })],
    ["TEMPORAL_PROFILE: Profile 'staging' not found", () => ({ TEMPORAL_PROFILE: 'staging', HOME: home })],
    [
      'TEMPORAL_CONFIG_FILE: Validation error: key(s) unrecognized in profile.default.tls: server_ca',
      () => ({ TEMPORAL_CONFIG_FILE: file('misspelt.toml') }),
    ],
    ['TEMPORAL_CONFIG_FILE: names a file that is not TOML', () => ({ TEMPORAL_CONFIG_FILE: file('broken.toml') })],
    ['TEMPORAL_TLS: must be true or false', () => ({ ...address, TEMPORAL_TLS: 'yes' })],
    ['TEMPORAL_TLS: cannot be false with an API key', () => ({ ...address, TEMPORAL_TLS: 'false', TEMPORAL_API_KEY: 'not-to-be-shown' })],
    [
      'TEMPORAL_TLS_CLIENT_KEY_PATH: is not set, but TEMPORAL_TLS_CLIENT_CERT_PATH is',
      () => ({ ...address, TEMPORAL_TLS_CLIENT_CERT_PATH: file('client.pem') }),
    ],
    ['TEMPORAL_TLS_CLIENT_CERT_PATH: is not set', () => ({ ...address, TEMPORAL_TLS_CLIENT_KEY_DATA: 'not-to-be-shown' })],
    ['TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: cannot be true', () => ({ ...address, TEMPORAL_TLS_DISABLE_HOST_VERIFICATION: 'true' })],
    ['no such file or directory', () => ({ ...address, TEMPORAL_TLS_SERVER_CA_CERT_PATH: file('none.pem') })],
    [
      'TEMPORAL_TLS: Cannot specify both client_cert_path',
      () => ({ ...address, TEMPORAL_TLS_CLIENT_CERT_PATH: 'a', TEMPORAL_TLS_CLIENT_CERT_DATA: 'b' }),
    ],
  ])('%s', (message, environment) => {
    expect(() => read(environment())).toThrow(message);
    expect(() => read(environment())).not.toThrow('not-to-be-shown');
    expect(() => read(environment())).not.toThrow('TEMPORAL_ADDRESS: must');
  });
});

it('S6: the log line of a start shows where settings came from, and no secret', () => {
  const connection = read({
    ...address,
    TEMPORAL_API_KEY: 'secret-api-key',
    TEMPORAL_TLS_CLIENT_CERT_DATA: 'secret-cert',
    TEMPORAL_TLS_CLIENT_KEY_DATA: 'secret-key',
    TEMPORAL_GRPC_META_AUTHORIZATION: 'secret-metadata',
  });
  const line = JSON.stringify(describeTemporal(connection));
  expect(line).not.toContain('secret');
  expect(JSON.parse(line)).toEqual({
    address: 'temporal.example:7233',
    namespace: 'default',
    tls: true,
    serverName: null,
    ownAuthority: false,
    clientCertificate: true,
    apiKey: true,
    from: { address: 'environment', namespace: 'default', tls: 'environment', apiKey: 'environment', metadata: 'environment' },
  });
});
