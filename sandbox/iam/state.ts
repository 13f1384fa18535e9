/**
 * The state of IAM, by account. IAM's own reads see `accounts`; STS and the policy evaluator see
 * `versions`, which lag behind by the propagation time, as IAM's do
 * (docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html, "Changes that I make are not always immediately visible").
 * Times are epoch milliseconds on the real clock. Policies are kept as the text that was given.
 */
import { defineState } from '../core/state.ts';

/** The common fields of roles and users. */
export interface Principal {
  name: string;
  path: string;
  /** AROA… or AIDA…: a principal made again under the same name has another id. */
  id: string;
  arn: string;
  accountId: string;
  createdAt: number;
  /** ARN of the permissions boundary. */
  boundary?: string;
  /** Policy text by policy name. */
  inline: Map<string, string>;
  /** ARNs of attached managed policies. */
  attached: string[];
  tags: Map<string, string>;
}

export interface Role extends Principal {
  trustPolicy: string;
  description: string;
  /** Seconds. */
  maxSessionDuration: number;
}

export type User = Principal;

export interface ManagedPolicy {
  name: string;
  path: string;
  id: string;
  arn: string;
  description: string;
  createdAt: number;
  document: string;
  tags: Map<string, string>;
}

export interface InstanceProfile {
  name: string;
  path: string;
  id: string;
  arn: string;
  createdAt: number;
  /** At most one role (reference_iam-quotas.html). */
  roleName?: string;
  tags: Map<string, string>;
}

/** Names are unique in an account without regard to case or path, hence lower-case keys. */
export interface IamAccount {
  roles: Map<string, Role>;
  users: Map<string, User>;
  instanceProfiles: Map<string, InstanceProfile>;
  /** By ARN. */
  policies: Map<string, ManagedPolicy>;
}

/** A principal as STS and the evaluator see it from `visibleAt` on. */
export interface PrincipalVersion {
  visibleAt: number;
  /** null: it is gone. */
  principal: null | {
    id: string;
    trustPolicy?: string;
    maxSessionDuration?: number;
    /** Texts of inline and attached policies. */
    policies: string[];
    /** Text of the boundary; a boundary that no longer exists allows nothing. */
    boundary?: string;
    tags: Map<string, string>;
  };
}

/** A role that many accounts have alike; see prepared.ts. */
export interface PreparedRole {
  partition: string;
  name: string;
  path: string;
  description: string;
  trustPolicy: string;
  /** Seconds. */
  maxSessionDuration: number;
  /** Policy text by policy name. */
  inline: Map<string, string>;
  /** ARNs of AWS's managed policies. */
  attached: string[];
  createdAt: number;
}

export interface IamState {
  accounts: Map<string, IamAccount>;
  /** By account id, until the first read of the account's IAM. */
  prepared: Map<string, readonly PreparedRole[]>;
  /** By principal ARN, oldest first. */
  versions: Map<string, PrincipalVersion[]>;
}

export const iamState = defineState('iam', (): IamState => ({ accounts: new Map(), prepared: new Map(), versions: new Map() }));
