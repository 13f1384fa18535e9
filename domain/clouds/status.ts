/** C2. suspended stands for AWS's SUSPENDED, PENDING_CLOSURE and CLOSED; such a cloud is not checked while an organization manages it. */
export type CloudStatus = 'pending' | 'ok' | 'warning' | 'access_denied' | 'suspended';

export const cloudStatuses: readonly CloudStatus[] = ['pending', 'ok', 'warning', 'access_denied', 'suspended'];

/** A gap in what the harvesting role may do (O10). */
export interface CloudWarning {
  code: string;
  action?: string;
  message: string;
  /** The name of the service control policy that it is about; names are unique within an organization. */
  policy?: string;
}
