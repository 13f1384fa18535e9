/** ARNs of Organizations' things (Service Authorization Reference, "Resource types defined by AWS Organizations"). */
import { fullAccessId } from './state.ts';
import type { Organization } from './state.ts';

export function organizationArn(organization: Organization): string {
  return `${start(organization)}:organization/${organization.id}`;
}

/** The ARN of a root, OU, account or policy, by its id; it need not exist. */
export function arnOf(organization: Organization, id: string): string {
  if (id === fullAccessId) return `arn:${organization.partition}:organizations::aws:policy/service_control_policy/${id}`;
  if (id.startsWith('p-')) return `${start(organization)}:policy/${organization.id}/service_control_policy/${id}`;
  const kind = id.startsWith('r-') ? 'root' : id.startsWith('ou-') ? 'ou' : 'account';
  return `${start(organization)}:${kind}/${organization.id}/${id}`;
}

function start({ partition, managementAccountId }: Organization): string {
  return `arn:${partition}:organizations::${managementAccountId}`;
}
