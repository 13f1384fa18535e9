/** Signature Version 4 (reference_sigv.html): reading the Authorization header, and verifying with AWS's own signer. */
import { createHash, createHmac } from 'node:crypto';
import type { Hash, Hmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import type { HttpRequest } from '../core/http.ts';
import type { IssuedCredentials } from '../sts/state.ts';

export interface SignatureInfo {
  accessKeyId: string;
  /** yyyymmdd of the credential scope. */
  date: string;
  region: string;
  service: string;
  signedHeaders: string[];
  signature: string;
}

const headerShape =
  /^AWS4-HMAC-SHA256\s+Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

/** undefined when the request carries no (readable) Signature Version 4 header. */
export function readSignature(request: HttpRequest): SignatureInfo | undefined {
  const match = headerShape.exec(request.headers.authorization ?? '');
  if (!match) return undefined;
  const [, accessKeyId, date, region, service, headers, signature] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return { accessKeyId, date, region, service, signedHeaders: headers.split(';'), signature };
}

/** Requests whose time is further off than this are refused (reference_sigv-troubleshooting.html: "within 15 minutes"). */
const maxSkewMs = 15 * 60 * 1000;

/** undefined when the signature holds, else what is wrong with it, in AWS's words ('' for a plain mismatch). */
export async function signatureProblem(
  request: HttpRequest,
  info: SignatureInfo,
  credentials: IssuedCredentials,
): Promise<string | undefined> {
  const signedAt = signingDate(request);
  if (signedAt === undefined) return "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.";
  if (Math.abs(Date.now() - signedAt.getTime()) > maxSkewMs) {
    return `Signature expired: ${request.headers['x-amz-date']} is not within 15 minutes of ${new Date().toISOString()}`;
  }
  if (!info.signedHeaders.includes('host')) return "'Host' must be a 'SignedHeader' in the AWS Authorization.";
  const claimedHash = request.headers['x-amz-content-sha256'];
  if (claimedHash !== undefined && claimedHash !== 'UNSIGNED-PAYLOAD') {
    if (createHash('sha256').update(request.body).digest('hex') !== claimedHash) {
      return "The value passed in the 'x-amz-content-sha256' header does not match the request body.";
    }
  }
  const signed = Object.fromEntries(info.signedHeaders.map((name) => [name, request.headers[name] ?? '']));
  const signer = new SignatureV4({
    service: info.service,
    region: info.region,
    sha256: NodeSha256,
    applyChecksum: false,
    credentials: {
      accessKeyId: credentials.accessKeyId,
      secretAccessKey: credentials.secretAccessKey,
      // Not every SDK signs the token, and the signer adds it to what it signs.
      ...(info.signedHeaders.includes('x-amz-security-token') ? { sessionToken: credentials.sessionToken! } : {}),
    },
  });
  const again = await signer.sign(
    {
      method: request.method,
      protocol: 'http:',
      hostname: request.url.hostname,
      path: request.url.pathname,
      query: queryBag(request.url),
      headers: { ...signed, ...(claimedHash === undefined ? {} : { 'x-amz-content-sha256': claimedHash }) },
      body: request.body,
    },
    { signingDate: signedAt, signableHeaders: new Set(info.signedHeaders), unsignableHeaders: unsigned(info) },
  );
  return again.headers.authorization?.endsWith(`Signature=${info.signature}`) ? undefined : '';
}

/** The payload hash has to be given to the signer even when it is not among the signed headers. */
function unsigned(info: SignatureInfo): Set<string> {
  return new Set(info.signedHeaders.includes('x-amz-content-sha256') ? [] : ['x-amz-content-sha256']);
}

function signingDate(request: HttpRequest): Date | undefined {
  const compact = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(request.headers['x-amz-date'] ?? '');
  const text = compact ? `${compact[1]}-${compact[2]}-${compact[3]}T${compact[4]}:${compact[5]}:${compact[6]}Z` : request.headers.date;
  const date = new Date(text ?? Number.NaN);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function queryBag(url: URL): Record<string, string | string[]> {
  const bag: Record<string, string[]> = {};
  for (const [key, value] of url.searchParams) (bag[key] ??= []).push(value);
  return bag;
}

/** The signer takes a hash constructor: a digest without a key, an HMAC with one. */
class NodeSha256 {
  readonly #secret: string | Uint8Array | undefined;
  #hash: Hash | Hmac;
  constructor(secret?: unknown) {
    this.#secret = secret as string | Uint8Array | undefined;
    this.#hash = this.#begin();
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {
    this.#hash = this.#begin();
  }
  #begin(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }
}
