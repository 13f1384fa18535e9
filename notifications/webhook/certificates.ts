import { X509Certificate } from 'node:crypto';
import { Refusal } from './refusal.ts';

/** The certificates that SNS signs with, fetched once and kept. */
export interface SigningCertificates {
  /** Throws a transient Refusal when the certificate cannot be fetched. The URL must have been found trustworthy. */
  get(url: URL): Promise<X509Certificate>;
}

/** SNS waits 15 s for an answer; the rest is for our database and Temporal. */
const timeoutMs = 5_000;
const keptMs = 24 * 3_600_000;
/** SNS has few certificates at a time; more names than these are somebody's play. */
const keptAtMost = 16;

/** Keeps certificates for a day, asks for each only once at a time, and forgets failures at once. */
export function createSigningCertificates(load: (url: URL) => Promise<string> = download): SigningCertificates {
  const kept = new Map<string, { certificate: Promise<X509Certificate>; until: number }>();

  function fetchOnce(url: URL): Promise<X509Certificate> {
    const known = kept.get(url.href);
    if (known && known.until > Date.now()) return known.certificate;
    const certificate = load(url).then((pem) => new X509Certificate(pem));
    kept.delete(url.href);
    kept.set(url.href, { certificate, until: Date.now() + keptMs });
    if (kept.size > keptAtMost) kept.delete(kept.keys().next().value!);
    return certificate;
  }

  return {
    async get(url) {
      const certificate = fetchOnce(url);
      try {
        return await certificate;
      } catch (cause) {
        if (kept.get(url.href)?.certificate === certificate) kept.delete(url.href);
        throw new Refusal('certificate_unavailable', 'The certificate that the message names could not be fetched just now.', {
          isTransient: true,
          cause,
        });
      }
    },
  };
}

/** Follows no redirect: it could lead anywhere. */
async function download(url: URL): Promise<string> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) });
  if (!response.ok) throw new Error(`the certificate's host answered ${response.status}`);
  return await response.text();
}
