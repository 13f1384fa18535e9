import type { Parameter } from '@aws-sdk/client-cloudformation';
import { memberStackSetName, organizationRoleName } from '../../../domain/delegation/parameters.ts';
import { accountOnboardingTemplate, memberRoleTemplate, organizationManagementTemplate } from '../../../templates/read.ts';
import type { DelegationRequestFacts } from '../../../workflows/contracts/delegation-onboarding.ts';
import type { ActivityDependencies } from '../../dependencies.ts';
import { openRequestCredentials, openRequestOrganization } from '../../open-credentials.ts';

/** A template with its values. They hold external ids, so only CloudFormation may see them. */
export interface FilledTemplate {
  TemplateBody: string;
  Parameters: Parameter[];
}

/** Fills the template of the stack that a request deploys: one harvesting role, or an organization's two roles (D4, D5). */
export async function fillRequestTemplate(dependencies: ActivityDependencies, request: DelegationRequestFacts): Promise<FilledTemplate> {
  const { callerRoleArn: CallerPrincipalArn, permissionsBoundaryArn, organization } = dependencies.delegation;
  if (request.scope === 'account') {
    const { externalId, durationSeconds } = await openRequestCredentials(dependencies, request.id);
    return {
      TemplateBody: accountOnboardingTemplate(),
      Parameters: parametersOf({
        RoleName: request.roleName,
        ExternalId: externalId,
        CallerPrincipalArn,
        PermissionsBoundaryArn: permissionsBoundaryArn,
        MaxSessionDuration: sessionOf(durationSeconds),
      }),
    };
  }
  const { organizationRole, memberRole } = await openRequestOrganization(dependencies, request.id);
  return {
    TemplateBody: organizationManagementTemplate(),
    Parameters: parametersOf({
      OrganizationRoleName: organizationRoleName(request.id),
      OrganizationExternalId: organizationRole.externalId,
      MemberRoleName: memberRole.roleName,
      MemberExternalId: memberRole.externalId,
      CallerPrincipalArn,
      MaxSessionDuration: sessionOf(Math.max(organizationRole.durationSeconds, memberRole.durationSeconds)),
      ReadTagsInBulk: 'true',
      MemberStackSetName: memberStackSetName(request.id),
      PermissionsBoundaryArn: organization.permissionsBoundaryArn,
    }),
  };
}

/** Fills the template of the stack that a stack set deploys into every other account of an organization. */
export async function fillMemberTemplate(dependencies: ActivityDependencies, requestId: string): Promise<FilledTemplate> {
  const { memberRole } = await openRequestOrganization(dependencies, requestId);
  return {
    TemplateBody: memberRoleTemplate(),
    Parameters: parametersOf({
      MemberRoleName: memberRole.roleName,
      MemberExternalId: memberRole.externalId,
      CallerPrincipalArn: dependencies.delegation.callerRoleArn,
      MaxSessionDuration: sessionOf(memberRole.durationSeconds),
    }),
  };
}

function parametersOf(values: Record<string, string | undefined>): Parameter[] {
  return Object.entries(values).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue }));
}

/** IAM accepts no maximum below one hour. */
function sessionOf(durationSeconds: number): string {
  return String(Math.max(3_600, durationSeconds));
}
