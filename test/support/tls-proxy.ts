import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';

/** A certificate and its key, as PEM. */
export interface Identity {
  cert: string;
  key: string;
}

/** An authority and certificates of it. */
export interface TestAuthority extends Identity {
  issueServer(name: string): Promise<Identity>;
  issueClient(name: string): Promise<Identity>;
}

/** Creates a certificate authority for one test. */
export async function createAuthority(name: string): Promise<TestAuthority> {
  const authority = await generate([{ name: 'commonName', value: name }], {
    keySize: 2048,
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true },
    ],
  });
  const ca = { key: authority.private, cert: authority.cert };
  const issue = async (subject: string, purpose: 'serverAuth' | 'clientAuth'): Promise<Identity> => {
    const issued = await generate([{ name: 'commonName', value: subject }], {
      keySize: 2048,
      algorithm: 'sha256',
      ca,
      extensions: [
        { name: 'basicConstraints', cA: false },
        { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
        { name: 'extKeyUsage', [purpose]: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: subject }] },
      ],
    });
    return { cert: issued.cert, key: issued.private };
  };
  return { ...ca, issueServer: (subject) => issue(subject, 'serverAuth'), issueClient: (subject) => issue(subject, 'clientAuth') };
}

/** A server that speaks TLS (HTTP/2 by ALPN) with clients, and plain TCP with the server behind it. */
export interface TlsProxy {
  readonly address: string;
  /** Common names of the clients that it let in. */
  readonly clients: string[];
  close(): Promise<void>;
}

/** Starts a proxy on loopback. It refuses clients without a certificate of `clientAuthority`, as Temporal Cloud does. */
export async function startTlsProxy(server: Identity, clientAuthority: string | null, upstream: string): Promise<TlsProxy> {
  const [host, port] = upstream.split(':') as [string, string];
  const clients: string[] = [];
  const open = new Set<TLSSocket>();
  const proxy = createServer(
    {
      ...server,
      ALPNProtocols: ['h2'],
      ...(clientAuthority === null ? {} : { requestCert: true, rejectUnauthorized: true, ca: clientAuthority }),
    },
    (socket) => {
      clients.push(String(socket.getPeerCertificate().subject?.CN ?? ''));
      open.add(socket);
      const behind = connect(Number(port), host);
      socket.pipe(behind).pipe(socket);
      for (const [one, other] of [
        [socket, behind],
        [behind, socket],
      ] as const) {
        one.on('error', () => other.destroy());
        one.on('close', () => other.destroy());
      }
      socket.on('close', () => open.delete(socket));
    },
  );
  // A refused client ends here; its own error is what tests look at.
  proxy.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => void proxy.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    clients,
    close: () =>
      new Promise((resolve) => {
        for (const socket of open) socket.destroy();
        proxy.close(() => resolve());
      }),
  };
}
