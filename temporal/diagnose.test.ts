import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TemporalConnection, TemporalTls } from '../config/temporal.ts';
import { findFreePort } from '../dev/process/ports.ts';
import { createAuthority, startTlsProxy, type Identity, type TestAuthority, type TlsProxy } from '../test/support/tls-proxy.ts';
import { diagnoseConnection } from './diagnose.ts';

/** The first bytes of an HTTP/2 server: an empty SETTINGS frame. */
const settingsFrame = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);

let behind: Server;
let proxy: TlsProxy;
let ours: TestAuthority;
let client: Identity;
let stranger: Identity;
beforeAll(async () => {
  behind = createServer((socket) => {
    socket.on('error', () => undefined);
    // As gRPC does, it ends a connection that is no HTTP/2.
    socket.once('data', (data) => (data.toString('latin1').startsWith('PRI * HTTP/2.0') ? socket.write(settingsFrame) : socket.destroy()));
  });
  await new Promise<void>((resolve) => void behind.listen(0, '127.0.0.1', resolve));
  ours = await createAuthority('ours');
  [client, stranger] = [await ours.issueClient('client'), await (await createAuthority('another')).issueClient('stranger')];
  proxy = await startTlsProxy(await ours.issueServer('temporal.internal'), ours.cert, plainAddress());
});
afterAll(async () => {
  await proxy?.close();
  behind?.close();
});

const plainAddress = (): string => `127.0.0.1:${(behind.address() as AddressInfo).port}`;
const pair = ({ cert, key }: Identity) => ({ crt: Buffer.from(cert), key: Buffer.from(key) });
const diagnose = (tls: false | TemporalTls, address = proxy.address): Promise<string | null> =>
  diagnoseConnection({
    address,
    namespace: 'default',
    tls,
    apiKey: undefined,
    metadata: undefined,
    origin: {},
  } satisfies TemporalConnection);
const secure = (changes: TemporalTls = {}): TemporalTls => ({
  serverNameOverride: 'temporal.internal',
  serverRootCACertificate: Buffer.from(ours.cert),
  clientCertPair: pair(client),
  ...changes,
});

it('finds no fault with a server that answers', async () => {
  expect(await diagnose(secure())).toBeNull();
  expect(await diagnose(false, plainAddress())).toBeNull();
});

it('names what is missing or wrong', async () => {
  const { clientCertPair: _none, ...without } = secure();
  expect(await diagnose(without)).toContain('the server demands a client certificate. Set TEMPORAL_TLS_CLIENT_CERT_PATH');
  expect(await diagnose(secure({ clientCertPair: pair(stranger) }))).toContain('does not accept the client certificate');
  expect(await diagnose(secure({ serverNameOverride: 'other.internal' }))).toContain('Set TEMPORAL_TLS_SERVER_NAME');
  const { serverRootCACertificate: _unknown, ...trusting } = secure();
  expect(await diagnose(trusting)).toContain('Set TEMPORAL_TLS_SERVER_CA_CERT_PATH');
  expect(await diagnose(secure({ clientCertPair: { crt: Buffer.from('x'), key: Buffer.from('y') } }))).toContain('not a valid PEM file');
  expect(await diagnose(false)).toContain('If it speaks TLS, set TEMPORAL_TLS to true');
  expect(await diagnose(secure(), `127.0.0.1:${await findFreePort()}`)).toContain('no server answers there');
});
