import { defineSearchAttributeKey } from '@temporalio/common';

/** An operator finds runs by these attributes in the Temporal UI (S5). The namespace must have them before the first run. */
export const searchAttributes = {
  organizationId: defineSearchAttributeKey('MusterOrganizationId', 'KEYWORD'),
  accountId: defineSearchAttributeKey('MusterAccountId', 'KEYWORD'),
  phase: defineSearchAttributeKey('MusterPhase', 'KEYWORD'),
  nickname: defineSearchAttributeKey('MusterNickname', 'KEYWORD'),
};
