/** Finds the caller of a request over the wire (reference_sigv.html). */
import { credentialsRefused } from '../core/errors.ts';
import type { HttpRequest } from '../core/http.ts';
import { partitionOfArn } from '../core/ids.ts';
import { partitionOf } from '../core/regions.ts';
import type { Caller } from '../core/caller.ts';
import type { ServiceName } from '../core/service-name.ts';
import type { World } from '../core/world.ts';
import { partitionOfAccount } from '../organizations/tree.ts';
import { stsState } from '../sts/state.ts';
import { administrator, isExpired } from './credentials.ts';
import type { SignatureInfo } from './sigv4.ts';
import { signatureProblem } from './sigv4.ts';

/** Throws MissingAuthenticationToken, InvalidClientTokenId, SignatureDoesNotMatch or ExpiredToken, or the JSON services' names for them. */
export async function authenticate(
  world: World,
  service: ServiceName,
  request: HttpRequest,
  info: SignatureInfo | undefined,
): Promise<Caller> {
  if (!info) throw credentialsRefused(service, 'missing');
  // Within a partition the region of the scope is not judged: an SDK with a custom endpoint signs IAM for its own region.
  if (info.service !== service) {
    throw credentialsRefused(service, 'signature', `Credential should be scoped to correct service: '${service}'.`);
  }
  if (/^\d{12}$/.test(info.accessKeyId)) return administrator(info.accessKeyId, partitionOfAccount(world, info.accessKeyId));

  const credentials = stsState.of(world).credentials.get(info.accessKeyId);
  if (!credentials) throw credentialsRefused(service, 'unknown');
  // "Credentials … are valid only in the partition" that issued them (AWS General Reference; GovCloud User Guide, differences).
  if (partitionOf(info.region) !== partitionOfArn(credentials.caller.arn)) throw credentialsRefused(service, 'unknown');
  // A wrong, missing or superfluous session token all answer the same.
  if (request.headers['x-amz-security-token'] !== credentials.sessionToken) throw credentialsRefused(service, 'unknown');
  const problem = await signatureProblem(request, info, credentials);
  if (problem !== undefined) throw credentialsRefused(service, 'signature', problem === '' ? undefined : problem);
  if (isExpired(world, credentials.caller)) throw credentialsRefused(service, 'expired');
  return credentials.caller;
}
