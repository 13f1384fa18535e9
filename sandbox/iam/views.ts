/** IAM's things as its answers show them. */
import type { InstanceProfile, ManagedPolicy, Principal, Role } from './state.ts';

export type TagInput = { Key: string; Value: string };

export function tagList(tags: ReadonlyMap<string, string>): TagInput[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

/** "Policies … are URL-encoded compliant with RFC 3986" (API_GetRolePolicy.html). */
export function encodePolicy(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function boundaryView(principal: Principal): object {
  if (principal.boundary === undefined) return {};
  return { PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: principal.boundary } };
}

/** As GetRole and CreateRole show it. */
export function roleView(role: Role): object {
  return {
    ...roleSummary(role),
    ...boundaryView(role),
    ...(role.tags.size > 0 ? { Tags: tagList(role.tags) } : {}),
    RoleLastUsed: {},
  };
}

/** As ListRoles shows it: without boundary, tags and last use (API_ListRoles.html). */
export function roleSummary(role: Role): object {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encodePolicy(role.trustPolicy),
    ...(role.description === '' ? {} : { Description: role.description }),
    MaxSessionDuration: role.maxSessionDuration,
  };
}

export function userView(user: Principal): object {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: user.arn,
    CreateDate: new Date(user.createdAt),
    ...boundaryView(user),
    ...(user.tags.size > 0 ? { Tags: tagList(user.tags) } : {}),
  };
}

export function policyView(policy: ManagedPolicy, usage: { attachments: number; boundaries: number }): object {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: 'v1',
    AttachmentCount: usage.attachments,
    PermissionsBoundaryUsageCount: usage.boundaries,
    IsAttachable: true,
    ...(policy.description === '' ? {} : { Description: policy.description }),
    CreateDate: new Date(policy.createdAt),
    UpdateDate: new Date(policy.createdAt),
    ...(policy.tags.size > 0 ? { Tags: tagList(policy.tags) } : {}),
  };
}

export function instanceProfileView(profile: InstanceProfile, role: Role | undefined): object {
  return {
    Path: profile.path,
    InstanceProfileName: profile.name,
    InstanceProfileId: profile.id,
    Arn: profile.arn,
    CreateDate: new Date(profile.createdAt),
    Roles: role ? [roleSummary(role)] : [],
    ...(profile.tags.size > 0 ? { Tags: tagList(profile.tags) } : {}),
  };
}
