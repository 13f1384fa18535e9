/** Muster's side of the sandbox's AWS, as partner.json sets it up. */
import { join } from 'node:path';
import { PROJECT_ROOT } from '../stack/home.ts';

/** The sandbox's settings for Muster: its account, its stack (templates/muster-caller.yaml), its registration. */
export const PARTNER_FILE = join(PROJECT_ROOT, 'dev/partner/partner.json');

export const MUSTER_ACCOUNT = '909090909090';
const NOTIFICATIONS = 'muster-delegation-notifications';

export const CALLER_ROLE_ARN = `arn:aws:iam::${MUSTER_ACCOUNT}:role/muster-caller`;
export const NOTIFICATION_TOPIC_ARN = `arn:aws:sns:us-east-1:${MUSTER_ACCOUNT}:${NOTIFICATIONS}`;

/** The queue that the workers read, in the sandbox at `baseUrl`. */
export function notificationQueueUrl(baseUrl: string): string {
  return `${baseUrl}/${MUSTER_ACCOUNT}/${NOTIFICATIONS}`;
}
