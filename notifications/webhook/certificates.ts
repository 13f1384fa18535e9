import { X509Certificate } from 'node:crypto';
import { withDeadline } from '../../config/signals.ts';
import { Refusal } from './refusal.ts';

/** A cache of the certificates that SNS signs with. */
export interface SigningCertificates {
  /** True if the certificate is in the cache, so `get` fetches nothing. */
  has(url: URL): boolean;
  /** Fetches a certificate from a trusted URL, or returns it from the cache. Throws a transient Refusal if the fetch fails. */
  get(url: URL): Promise<X509Certificate>;
}

/** SNS waits 15 s for an answer; the database and Temporal need the rest. */
const timeoutMs = 5_000;
const cacheMs = 24 * 3_600_000;
/** SNS uses few certificates at a time; more names come from a forger. */
const maxCertificates = 16;

/** Creates a cache that keeps certificates for a day, fetches each only once at a time, and does not keep failures. */
export function createSigningCertificates(load: (url: URL) => Promise<string> = download): SigningCertificates {
  const cached = new Map<string, { certificate: Promise<X509Certificate>; until: number }>();

  function fetchOnce(url: URL): Promise<X509Certificate> {
    const known = cached.get(url.href);
    if (known && known.until > Date.now()) return known.certificate;
    const certificate = load(url).then((pem) => new X509Certificate(pem));
    cached.delete(url.href);
    cached.set(url.href, { certificate, until: Date.now() + cacheMs });
    if (cached.size > maxCertificates) cached.delete(cached.keys().next().value!);
    return certificate;
  }

  return {
    has: (url) => (cached.get(url.href)?.until ?? 0) > Date.now(),
    async get(url) {
      const certificate = fetchOnce(url);
      try {
        return await certificate;
      } catch (cause) {
        if (cached.get(url.href)?.certificate === certificate) cached.delete(url.href);
        throw new Refusal('certificate_unavailable', 'The signing certificate could not be fetched. SNS will send the message again.', {
          isTransient: true,
          cause,
        });
      }
    },
  };
}

/** Follows no redirect, because its target is not verified. */
async function download(url: URL): Promise<string> {
  return await withDeadline(timeoutMs, async (signal) => {
    const response = await fetch(url, { redirect: 'error', signal });
    if (!response.ok) throw new Error(`the certificate's host returned ${response.status}`);
    return await response.text();
  });
}
