/** The status of a cloud (C2). `suspended` stands for AWS's SUSPENDED, PENDING_CLOSURE and CLOSED. A suspended cloud is not checked while an organization manages it. */
export type CloudStatus = 'pending' | 'ok' | 'warning' | 'access_denied' | 'suspended';

export const cloudStatuses: readonly CloudStatus[] = ['pending', 'ok', 'warning', 'access_denied', 'suspended'];

/** A permission that the harvesting role lacks, or another problem that does not stop the cloud (O10). */
export interface CloudWarning {
  code: string;
  action?: string;
  message: string;
  /** The name of the service control policy that it is about. Names are unique in an organization. */
  policy?: string;
  /** AWS's id of that policy, if it is one policy. */
  policyId?: string;
  /** A hash of the text of that policy, or of each policy. Acknowledgements hold for this text only (O18). */
  policyHash?: string;
}
