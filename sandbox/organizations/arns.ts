/** ARNs of Organizations' things (Service Authorization Reference, "Resource types defined by AWS Organizations"). */
import type { Organization } from './state.ts';

export function organizationArn(organization: Organization): string {
  return `${start(organization)}:organization/${organization.id}`;
}

/** The ARN of a root, OU, account or policy, by its id; it need not exist. */
export function arnOf(organization: Organization, id: string): string {
  if (id.startsWith('p-')) {
    const policy = organization.policies.get(id);
    const type = (policy?.type ?? 'SERVICE_CONTROL_POLICY').toLowerCase();
    if (policy?.awsManaged) return `arn:${organization.partition}:organizations::aws:policy/${type}/${id}`;
    return `${start(organization)}:policy/${organization.id}/${type}/${id}`;
  }
  const kind = id.startsWith('r-') ? 'root' : id.startsWith('ou-') ? 'ou' : 'account';
  return `${start(organization)}:${kind}/${organization.id}/${id}`;
}

function start({ partition, managementAccountId }: Organization): string {
  return `arn:${partition}:organizations::${managementAccountId}`;
}

export function handshakeArn(organization: Organization, id: string): string {
  return `${start(organization)}:handshake/${organization.id}/invite/${id}`;
}
