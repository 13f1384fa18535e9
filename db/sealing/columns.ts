import { credentialSets, notificationInbox } from '../schema/index.ts';

/**
 * Every column that holds sealed values, with the column that names each value's key. Add a new table with secrets here and
 * nowhere else: the sealer then accepts its name, and `npm run reseal` finds its rows.
 */
export const sealedColumns = [
  {
    name: 'credential_sets',
    table: credentialSets,
    id: credentialSets.id,
    sealed: credentialSets.sealed,
    keyId: credentialSets.keyId,
    change: (sealed: Buffer, keyId: string) => ({ sealed, keyId }),
  },
  {
    name: 'notification_inbox',
    table: notificationInbox,
    id: notificationInbox.id,
    sealed: notificationInbox.sealedToken,
    keyId: notificationInbox.tokenKeyId,
    change: (sealedToken: Buffer, tokenKeyId: string) => ({ sealedToken, tokenKeyId }),
  },
] as const;

export type SealedColumn = (typeof sealedColumns)[number];
export type SealedTable = SealedColumn['name'];
