/**
 * The instance metadata service, version 2 only (docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html),
 * of one instance: the partner's machine.
 */
import { randomBytes } from 'node:crypto';
import { isExpired } from '../auth/credentials.ts';
import type { HttpRequest, HttpResponse } from '../core/http.ts';
import { textResponse } from '../core/http.ts';
import { homeRegion } from '../core/runtime.ts';
import type { World } from '../core/world.ts';
import type { Role } from '../iam/state.ts';
import { partnerRole } from '../partner/role.ts';
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
  const name = path.replace(/\/$/, '').slice('/latest/'.length);
  const body = aboutInstance(world, name) ?? aboutRole(world, name);
  return body === undefined ? textResponse(404, '') : textResponse(200, body, 'text/plain');
}

function aboutInstance({ partner }: World, name: string): string | undefined {
  switch (name) {
    case 'meta-data/instance-id':
      return instanceId;
    case 'meta-data/placement/region':
      return homeRegion;
    case 'dynamic/instance-identity/document':
      return partner && json({ accountId: partner.accountId, instanceId, region: homeRegion, version: '2017-09-30' });
    default:
      return undefined;
  }
}

function aboutRole(world: World, name: string): string | undefined {
  const attached = partnerRole(world);
  if (!attached) return undefined;
  const { role, profile } = attached;
  switch (name) {
    case 'meta-data/iam/info':
      return json({
        Code: 'Success',
        LastUpdated: stamp(Date.now()),
        InstanceProfileArn: profile.arn,
        InstanceProfileId: profile.id,
      });
    case 'meta-data/iam/security-credentials':
      return role.name;
    case `meta-data/iam/security-credentials/${role.name}`:
      return credentialsDocument(instanceCredentials(world, role));
    default:
      return undefined;
  }
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
