import { BlockList, isIP } from 'node:net';
import type { HttpBindings } from '@hono/node-server';
import type { Context } from 'hono';
import type { Logger } from 'pino';
import type { ApiEnv } from '../context.ts';

/** Networks of proxies and containers: private, shared, link-local and loopback addresses. */
const privateNetworks = new BlockList();
for (const [network, bits, family] of [
  ['10.0.0.0', 8, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
  ['::1', 128, 'ipv6'],
] as const)
  privateNetworks.addSubnet(network, bits, family);

/** True for an address that no client on the internet has. */
export function isPrivateAddress(address: string): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').split('%')[0]!;
  const family = isIP(plain);
  return family !== 0 && privateNetworks.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

/** Finds the address of a call's client. */
export type AddressReader = (c: Context<ApiEnv>) => string;

/**
 * Reads the address that the outermost trusted proxy saw. Without proxies, the address of the connection. Logs once if a
 * proxy seems to be in front of the API and the settings name none: all clients then count as one.
 */
export function createAddressReader(trustedProxies: number, log: Logger): AddressReader {
  let isReported = false;
  return (c) => {
    const header = c.req.header('x-forwarded-for');
    const peer = (c.env as Partial<HttpBindings> | undefined)?.incoming?.socket.remoteAddress ?? 'unknown';
    if (trustedProxies > 0) return header?.split(',').at(-trustedProxies)?.trim() || peer;
    if (header !== undefined && !isReported && isPrivateAddress(peer)) {
      isReported = true;
      log.warn(
        { peer },
        'a call from a private address has X-Forwarded-For, but MUSTER_TRUSTED_PROXIES is 0, so all clients behind that proxy count as one; set it to the number of proxies before the API',
      );
    }
    return peer;
  };
}
