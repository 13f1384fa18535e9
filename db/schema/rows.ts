import type { apiKeys, auditEvents } from './access.ts';
import type { acknowledgements } from './acknowledgements.ts';
import type { badges } from './badges.ts';
import type { cloudOrganizations } from './cloud-organizations.ts';
import type { clouds } from './clouds.ts';
import type { delegationEvents, delegationRequests } from './delegation-requests.ts';
import type { notificationInbox } from './notification-inbox.ts';
import type { serviceControlPolicies } from './organization-tree.ts';
import type { previews } from './previews.ts';
import type { syncAccounts } from './sync-accounts.ts';
import type { syncs } from './syncs.ts';

/** Rows as queries return them, named after their tables. */
export type AcknowledgementRow = typeof acknowledgements.$inferSelect;
export type ApiKeyRow = typeof apiKeys.$inferSelect;
export type AuditEventRow = typeof auditEvents.$inferSelect;
export type BadgeRow = typeof badges.$inferSelect;
export type CloudRow = typeof clouds.$inferSelect;
export type DelegationEventRow = typeof delegationEvents.$inferSelect;
export type DelegationRequestRow = typeof delegationRequests.$inferSelect;
export type InboxRow = typeof notificationInbox.$inferSelect;
export type OrganizationRow = typeof cloudOrganizations.$inferSelect;
export type PolicyRow = typeof serviceControlPolicies.$inferSelect;
export type PreviewRow = typeof previews.$inferSelect;
export type SyncAccountRow = typeof syncAccounts.$inferSelect;
export type SyncRow = typeof syncs.$inferSelect;
