/**
 * The instance metadata service, version 2 only (docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html),
 * of one instance: the one that Muster's worker runs on, with Muster's caller role.
 */
import { randomBytes } from 'node:crypto';
import { isExpired } from '../auth/credentials.ts';
import type { HttpRequest, HttpResponse } from '../core/http.ts';
import { textResponse } from '../core/http.ts';
import { homeRegion } from '../core/runtime.ts';
import type { World } from '../core/world.ts';
import { iamState } from '../iam/state.ts';
import type { InstanceProfile, Role } from '../iam/state.ts';
import { stsState } from '../sts/state.ts';
import type { IssuedCredentials } from '../sts/state.ts';

const instanceId = 'i-0a1b2c3d4e5f60718';
/** Role credentials on an instance last about six hours and are renewed well before they end. */
const credentialsLastMs = 6 * 3600 * 1000;
const renewedBeforeMs = 3600 * 1000;

export type MetadataService = (request: HttpRequest) => HttpResponse;

export function createMetadataService(world: World): MetadataService {
  /** Token to the moment when it ends, epoch milliseconds. */
  const tokens = new Map<string, number>();

  return (request) => {
    const path = request.url.pathname;
    if (path === '/latest/api/token') return issueToken(request, tokens);
    const validUntil = tokens.get(request.headers['x-aws-ec2-metadata-token'] ?? '');
    // Without a token it would be IMDSv1, which this instance does not allow.
    if (validUntil === undefined || validUntil <= Date.now()) return textResponse(401, '');
    if (request.method !== 'GET') return textResponse(405, '');
    return read(world, path);
  };
}

function issueToken(request: HttpRequest, tokens: Map<string, number>): HttpResponse {
  if (request.method !== 'PUT') return textResponse(405, '');
  // "PUT requests that contain an X-Forwarded-For header are rejected"
  if (request.headers['x-forwarded-for'] !== undefined) return textResponse(403, '');
  const ttl = request.headers['x-aws-ec2-metadata-token-ttl-seconds'] ?? '';
  // 1 second to 6 hours
  if (!/^\d{1,5}$/.test(ttl) || Number(ttl) < 1 || Number(ttl) > 21_600) return textResponse(400, '');
  const token = randomBytes(42).toString('base64url');
  for (const [known, validUntil] of tokens) if (validUntil <= Date.now()) tokens.delete(known);
  tokens.set(token, Date.now() + Number(ttl) * 1000);
  const response = textResponse(200, token, 'text/plain');
  response.headers['x-aws-ec2-metadata-token-ttl-seconds'] = ttl;
  return response;
}

function read(world: World, path: string): HttpResponse {
  const text = (body: string): HttpResponse => textResponse(200, body, 'text/plain');
  const attached = attachedRole(world);
  const credentialsPath = '/latest/meta-data/iam/security-credentials';
  switch (path.replace(/\/$/, '')) {
    case '/latest/meta-data/instance-id':
      return text(instanceId);
    case '/latest/meta-data/placement/region':
      return text(homeRegion);
    case '/latest/meta-data/iam/info':
      return attached
        ? text(
            json({
              Code: 'Success',
              LastUpdated: stamp(Date.now()),
              InstanceProfileArn: attached.profile.arn,
              InstanceProfileId: attached.profile.id,
            }),
          )
        : textResponse(404, '');
    case '/latest/dynamic/instance-identity/document':
      return text(json({ accountId: world.muster.accountId, instanceId, region: homeRegion, version: '2017-09-30' }));
    case credentialsPath:
      return attached ? text(attached.role.name) : textResponse(404, '');
    case `${credentialsPath}/${attached?.role.name}`:
      return text(credentialsDocument(instanceCredentials(world, attached!.role)));
    default:
      return textResponse(404, '');
  }
}

/** The role comes to an instance by its instance profile, never directly. */
function attachedRole(world: World): { role: Role; profile: InstanceProfile } | undefined {
  const account = iamState.of(world).accounts.get(world.muster.accountId);
  const role = [...(account?.roles.values() ?? [])].find(({ arn }) => arn === world.muster.callerRoleArn);
  const profile = role && [...account!.instanceProfiles.values()].find(({ roleName }) => roleName === role.name);
  return role && profile && { role, profile };
}

function instanceCredentials(world: World, role: Role): IssuedCredentials {
  const userId = `${role.id}:${instanceId}`;
  const known = [...stsState.of(world).credentials.values()].findLast(
    ({ caller }) => caller.kind === 'instance-role' && caller.userId === userId,
  );
  if (known && !isExpired(world, known.caller) && known.caller.expiresAt! - Date.now() > renewedBeforeMs) return known;
  const { AccessKeyId } = world.issueCredentials({
    accountId: role.accountId,
    arn: `arn:aws:sts::${role.accountId}:assumed-role/${role.name}/${instanceId}`,
    userId,
    principalArn: role.arn,
    kind: 'instance-role',
    sessionPolicies: [],
    expiresAt: Date.now() + credentialsLastMs,
  });
  return stsState.of(world).credentials.get(AccessKeyId)!;
}

function credentialsDocument(credentials: IssuedCredentials): string {
  const expiresAt = credentials.caller.expiresAt!;
  return json({
    Code: 'Success',
    LastUpdated: stamp(expiresAt - credentialsLastMs),
    Type: 'AWS-HMAC',
    AccessKeyId: credentials.accessKeyId,
    SecretAccessKey: credentials.secretAccessKey,
    Token: credentials.sessionToken,
    Expiration: stamp(expiresAt),
  });
}

function json(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** Seconds without fractions, as the service writes them. */
function stamp(time: number): string {
  return new Date(time).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
