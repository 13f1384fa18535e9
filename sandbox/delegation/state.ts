/** The state of IAM temporary delegation. Times are epoch milliseconds on the delegation clock (World.now). */
import { defineState } from '../core/state.ts';
import type { PolicyDocument } from '../policy/document.ts';

/** The API's `stateType` (temporary-delegation-building-integration.html). */
export type DelegationRequestState = 'UNASSIGNED' | 'ASSIGNED' | 'PENDING_APPROVAL' | 'ACCEPTED' | 'FINALIZED' | 'REJECTED' | 'EXPIRED';

export interface PolicyParameter {
  Name: string;
  Values: string[];
  Type: 'string' | 'stringList';
}

/** A partner as AWS's onboarding would have registered it (access_policies-temporary-delegation-partner-guide.html). */
export interface Partner {
  /** At most 30 characters, shown to the customer. */
  name: string;
  domain: string;
  /** The accounts for which the API is enabled. */
  accountIds: string[];
  /** Policy templates by ARN, as JSON text with `@{…}` placeholders. */
  policyTemplates: Map<string, string>;
}

export interface StoredDelegationRequest {
  id: string;
  partnerAccountId: string;
  partnerName: string;
  /** Set at creation, or by the account that claimed it. */
  ownerAccountId?: string;
  ownerId?: string;
  /** The identity that accepted, as it was then; its rights back the delegated credentials (API model). */
  approver?: { arn: string; userId: string; principalArn: string; sessionPolicies: PolicyDocument[]; root: boolean };
  description: string;
  requestMessage?: string;
  policyTemplateArn: string;
  parameters: PolicyParameter[];
  /** The rendered policy as JSON text. */
  permissionPolicy: string;
  boundaryArns: string[];
  requestorWorkflowId: string;
  redirectUrl?: string;
  notificationChannel: string;
  sessionDurationSeconds: number;
  onlySendByOwner: boolean;
  state: DelegationRequestState;
  createdAt: number;
  updatedAt: number;
  /** When the present state times out; absent once expired. */
  expiresAt?: number;
  notes?: string;
  rejectionReason?: string;
  token?: { value: string; releasedAt: number; expiresAt: number; revoked: boolean };
}

export interface DelegationState {
  /** By partner domain. */
  partners: Map<string, Partner>;
  /** Registered permissions boundaries by ARN. */
  boundaries: Map<string, PolicyDocument>;
  /** By request id. */
  requests: Map<string, StoredDelegationRequest>;
}

export const delegationState = defineState('delegation', (): DelegationState => ({
  partners: new Map(),
  boundaries: new Map(),
  requests: new Map(),
}));
