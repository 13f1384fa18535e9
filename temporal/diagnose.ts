import { connect as connectInClear, isIP, type Socket } from 'node:net';
import { connect as connectByTls, type ConnectionOptions } from 'node:tls';
import type { TemporalConnection } from '../config/temporal.ts';

/** Timeout in milliseconds. */
const timeoutMs = 15_000;

/** The remedy of a refusal, by a part of the code or message of Node's error. The first match counts. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [
    /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT/,
    'no server answers there. Check TEMPORAL_ADDRESS and the network',
  ],
  [/ALTNAME/, "the server's certificate is for another name. Set TEMPORAL_TLS_SERVER_NAME to the name in the certificate"],
  [/CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/, "the server's certificate is not valid today. Renew it"],
  [
    /UNABLE_TO|SELF_SIGNED|DEPTH_ZERO/,
    "this program does not know the authority of the server's certificate. Set TEMPORAL_TLS_SERVER_CA_CERT_PATH to the certificate of that authority",
  ],
  [
    /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE/i,
    'the server demands a client certificate. Set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH',
  ],
  [/ALERT|ECONNRESET|EPROTO.*ALERT/i, ''],
  [/WRONG_VERSION|PACKET_LENGTH|HTTP_REQUEST/, 'the server does not speak TLS. Unset TEMPORAL_TLS and the other TEMPORAL_TLS_… variables'],
  [/ERR_OSSL|PEM|KEY_VALUES_MISMATCH/, 'the client certificate or its key is not a valid PEM file, or they do not belong together'],
];

/**
 * Finds out why a server refuses a connection, because the SDK's client reports only that the time is over. Returns null if
 * the server accepts the connection, so that the cause is another one. Never rejects, and shows no secret.
 */
export async function diagnoseConnection({ address, tls }: TemporalConnection): Promise<string | null> {
  const hasCertificate = tls !== false && tls.clientCertPair !== undefined;
  const refused = hasCertificate
    ? 'the server does not accept the client certificate. Check TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH'
    : tls === false
      ? 'the server closes connections in clear. If it speaks TLS, set TEMPORAL_TLS to true'
      : 'the server closes the connection. If it demands a client certificate, set TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH';
  const fault = await tryConnection(address, tls);
  if (fault === null) return null;
  const { code = '', message } = fault as Error & { code?: string };
  const remedy = remedies.find(([part]) => part.test(`${code} ${message}`));
  return (remedy?.[1] ?? message) || refused;
}

/** The first bytes of an HTTP/2 client: the preface and an empty SETTINGS frame (RFC 9113, section 3.4). */
const greeting = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0])]);

/**
 * Opens a connection and greets, as gRPC does. Returns the error that ends it; null once the server answers. A server with
 * TLS 1.3 refuses a certificate only after the client has finished its handshake.
 */
function tryConnection(address: string, tls: TemporalConnection['tls']): Promise<Error | null> {
  return new Promise((resolve) => {
    let socket: Socket | undefined;
    const settle = (outcome: Error | null) => {
      clearTimeout(timer);
      resolve(outcome);
      socket?.destroy();
    };
    const timer = setTimeout(() => settle(new Error(`the server accepts no connection within ${timeoutMs / 1_000} s`)), timeoutMs);
    try {
      socket = tls === false ? connectInClear(targetOf(address)) : connectByTls(secureOptions(address, tls));
    } catch (error) {
      return settle(error as Error);
    }
    socket.once(tls === false ? 'connect' : 'secureConnect', () => socket?.write(greeting));
    socket.once('data', () => settle(null));
    socket.on('error', settle);
    socket.once('close', () => settle(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
  });
}

function targetOf(address: string): { host: string; port: number } {
  const end = address.lastIndexOf(':');
  return { host: address.slice(0, end), port: Number(address.slice(end + 1)) };
}

function secureOptions(address: string, tls: Exclude<TemporalConnection['tls'], false>): ConnectionOptions {
  const { serverNameOverride, serverRootCACertificate, clientCertPair } = tls;
  const target = targetOf(address);
  // An address by number has no name to ask for.
  const name = serverNameOverride ?? (isIP(target.host) ? undefined : target.host);
  return {
    ...target,
    ...(name === undefined ? {} : { servername: name }),
    ...(serverRootCACertificate ? { ca: serverRootCACertificate } : {}),
    ...(clientCertPair ? { cert: clientCertPair.crt, key: clientCertPair.key } : {}),
    ALPNProtocols: ['h2'],
  };
}
