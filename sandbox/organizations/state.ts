/**
 * The state of AWS Organizations (the fields are those of the API model). Times are epoch
 * milliseconds. Absent stands for the usual, so that 50,000 accounts stay small: no tags, FullAWSAccess attached.
 */
import { defineState } from '../core/state.ts';

/** The partitions that have AWS Organizations. */
export type Partition = 'aws' | 'aws-us-gov' | 'aws-cn' | 'aws-eusc';

/** The API's AccountState. */
export type AccountState = 'PENDING_ACTIVATION' | 'ACTIVE' | 'SUSPENDED' | 'PENDING_CLOSURE' | 'CLOSED';

export interface OrganizationAccount {
  /** 12 digits. */
  id: string;
  name: string;
  email: string;
  state: AccountState;
  joinedMethod: 'CREATED' | 'INVITED';
  joinedAt: number;
  /** The root, or an OU. */
  parentId: string;
  /** Absent when it never had tags: the tagging API does not know such an account. */
  tags?: Map<string, string>;
  /** When CloseAccount was called. */
  closedAt?: number;
}

export interface OrganizationalUnit {
  /** ou-<root's part>-<8 to 32 characters> */
  id: string;
  name: string;
  parentId: string;
  tags?: Map<string, string>;
}

/** The policy types that the sandbox knows. */
export type PolicyType = 'SERVICE_CONTROL_POLICY' | 'RESOURCE_CONTROL_POLICY';

export interface OrganizationPolicy {
  id: string;
  /** Absent for a service control policy. */
  type?: 'RESOURCE_CONTROL_POLICY';
  name: string;
  description: string;
  /** The document as JSON text. */
  content: string;
  awsManaged: boolean;
  tags?: Map<string, string>;
}

/** A CreateAccount request; the account is there once it has succeeded. */
export interface AccountCreation {
  /** car-… */
  id: string;
  name: string;
  email: string;
  roleName: string;
  tags: Map<string, string>;
  requestedAt: number;
  /** When it is to succeed or fail. */
  dueAt: number;
  state: 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED';
  completedAt?: number;
  accountId?: string;
  failureReason?: string;
}

export interface Organization {
  /** o-… */
  id: string;
  partition: Partition;
  managementAccountId: string;
  /** r-… */
  rootId: string;
  rootTags?: Map<string, string>;
  createdAt: number;
  accounts: Map<string, OrganizationAccount>;
  units: Map<string, OrganizationalUnit>;
  /** By id, FullAWSAccess among them. */
  policies: Map<string, OrganizationPolicy>;
  /** Policy ids by root, OU or account, where they are not FullAWSAccess alone. */
  attachments: Map<string, string[]>;
  /**
   * Ids of resource control policies by root, OU or account, RCPFullAWSAccess left out: it is on all of them. Absent while the
   * policy type is not enabled.
   */
  resourceControl?: Map<string, string[]>;
  /** Trusted access: when each service principal was enabled. */
  trustedServices: Map<string, number>;
  /** By account, then by service principal: since when. */
  delegatedAdministrators: Map<string, Map<string, number>>;
  creations: Map<string, AccountCreation>;
  /** Accounts in PENDING_CLOSURE. */
  closing: Set<string>;
  /** Grows with every change of accounts and units, so that indexes know when they are out of date. */
  revision: number;
}

/** An invitation of an account (API model, Handshake). */
export interface Handshake {
  /** h-… */
  id: string;
  organizationId: string;
  /** The invited account; it is found by its e-mail address where that was given. */
  accountId: string;
  notes?: string;
  state: 'OPEN' | 'ACCEPTED' | 'DECLINED' | 'CANCELED' | 'EXPIRED';
  requestedAt: number;
  expiresAt: number;
}

/** The settings of PUT /_sandbox/organizations/settings. */
export interface OrganizationSettings {
  /**
   * Account.Paths: with the account's own id at its end, as AWS's example has it (Organizations API reference, Account), as far as
   * the parent (the model's pattern allows both), or absent.
   */
  paths: 'parent' | 'account' | 'off';
  /** Whether accounts carry State; AWS had only Status before. */
  state: boolean;
  /** Whether accounts carry Status, which AWS retired on 2026-09-09. */
  status: boolean;
  /** Every n-th page of a listing is empty and has a token; 0 for never. */
  emptyPageEvery: number;
  /** Lifetime of a pagination token. */
  tokenSeconds: number;
  /** GetResources: how long its index lags behind a change of tags, and the accounts that it does not know. */
  tagging: { lagSeconds: number; missingAccountIds: string[] };
}

/** The former tags of an account, which the tagging API's index shows for a while after a change. */
export interface FormerTags {
  changedAt: number;
  /** Absent when it had none before. */
  tags?: Map<string, string>;
}

export interface OrganizationsState {
  organizations: Map<string, Organization>;
  /** Organization ids by account id. */
  membership: Map<string, string>;
  /** Partitions by account id, where it is not aws. */
  partitions: Map<string, Partition>;
  settings: OrganizationSettings;
  /** By id. */
  handshakes: Map<string, Handshake>;
  /** By account id. */
  formerTags: Map<string, FormerTags>;
}

export const fullAccessId = 'p-FullAWSAccess';
/** AWS's own RCP, which cannot be detached (orgs_manage_policies_rcps_evaluation.html). */
export const fullResourceAccessId = 'p-RCPFullAWSAccess';

/** Up to 50,000 accounts. */
export const organizationsState = defineState(
  'organizations',
  (): OrganizationsState => ({
    organizations: new Map(),
    membership: new Map(),
    partitions: new Map(),
    settings: {
      paths: 'account',
      state: true,
      status: true,
      emptyPageEvery: 25,
      tokenSeconds: 600,
      tagging: { lagSeconds: 0, missingAccountIds: [] },
    },
    handshakes: new Map(),
    formerTags: new Map(),
  }),
  { isLarge: true },
);
