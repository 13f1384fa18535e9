import { AwsError } from '../core/aws-error.ts';
import type { Call } from '../core/service.ts';
import type { PolicyDocument, PolicyStatement } from '../policy/document.ts';
import type { StoredDelegationRequest } from './state.ts';

/**
 * GetDelegationRequest's approximate check whether the caller's rights cover the request. AWS may also answer IN_PROGRESS;
 * here it is complete at once. The status is the API enum's COMPLETE; AWS's prose writes COMPLETED.
 */
export function checkPermissions(call: Call, request: StoredDelegationRequest): Record<string, string> {
  const { Statement } = JSON.parse(request.permissionPolicy) as PolicyDocument;
  const refused = [Statement].flat().filter((statement) => statement.Effect === 'Allow' && !covers(call, statement));
  // A caller with conditional permissions may still be allowed (API model, PermissionCheckResult UNSURE).
  const unsure = refused.length > 0 && refused.every((statement) => statement.Condition !== undefined);
  return {
    PermissionCheckStatus: 'COMPLETE',
    PermissionCheckResult: refused.length === 0 ? 'ALLOWED' : unsure ? 'UNSURE' : 'DENIED',
  };
}

function covers(call: Call, statement: PolicyStatement): boolean {
  const context = Object.assign({}, ...Object.values(statement.Condition ?? {})) as Record<string, string | string[]>;
  const actions = [statement.Action ?? []].flat();
  const resources = [statement.Resource ?? []].flat();
  try {
    for (const action of actions) for (const resource of resources) call.authorize(action, resource, context);
    return true;
  } catch (error) {
    if (error instanceof AwsError) return false;
    throw error;
  }
}
