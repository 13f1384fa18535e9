import { defineSearchAttributeKey } from '@temporalio/common';

/** By these an operator finds runs in the Temporal UI (S5). A namespace needs them before the first run. */
export const searchAttributes = {
  organizationId: defineSearchAttributeKey('MusterOrganizationId', 'KEYWORD'),
  accountId: defineSearchAttributeKey('MusterAccountId', 'KEYWORD'),
  phase: defineSearchAttributeKey('MusterPhase', 'KEYWORD'),
  nickname: defineSearchAttributeKey('MusterNickname', 'KEYWORD'),
};
