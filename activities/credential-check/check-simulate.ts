import { gapOf, simulationContext } from '../../domain/clouds/simulation.ts';
import { organizationRoleActions } from '../../domain/organizations/actions.ts';
import type { CredentialCheckItem } from '../../workflows/contracts/credential-check.ts';
import type { ActivityDependencies } from '../dependencies.ts';
import type { SessionCredentials } from '../aws/clients.ts';
import { awsFailure, isRefusal, meaningOf } from '../aws/errors.ts';
import { simulateRole } from '../aws/simulate-role.ts';
import { askOrganizationRole } from '../ask-organization-role.ts';
import { both } from '../side-by-side.ts';
import { notTried, assumeOrganizationRole, type AssumedOrganizationRole } from './assume-organization-role.ts';

/**
 * Simulates every action that the organization role needs, and returns an item for each (O5). Asks the role also without its
 * external id (D12): here, because the simulation takes longer than that call.
 */
export async function checkSimulate(
  dependencies: ActivityDependencies,
  { credentialSetId }: { credentialSetId: string },
): Promise<CredentialCheckItem[]> {
  const assumed = await assumeOrganizationRole(dependencies, credentialSetId);
  if (!assumed.session) return each(() => notTried);
  const [items] = await both(simulate(dependencies, assumed), askOrganizationRole(dependencies, credentialSetId));
  return items;
}

async function simulate(
  dependencies: ActivityDependencies,
  { role, accountId, partition, session }: AssumedOrganizationRole & { session: SessionCredentials },
): Promise<CredentialCheckItem[]> {
  try {
    const answers = await simulateRole(dependencies.aws.iamAs(session, partition), {
      roleArn: role.roleArn,
      actions: organizationRoleActions,
      // SCPs do not apply to the management account, and the place of a delegated administrator is not known yet.
      context: simulationContext({ arn: role.roleArn, accountId }, null),
    });
    return answers.map((answer) => {
      const gap = gapOf(answer);
      return item(answer.action, gap === null, gap?.message ?? `The role may use ${answer.action}.`);
    });
  } catch (error) {
    if (!isRefusal(meaningOf(error))) throw awsFailure(error, `The role ${role.roleArn} could not simulate its permissions`);
    const said = (error as Error).message;
    return each((action) =>
      action === 'iam:SimulatePrincipalPolicy'
        ? `AWS does not allow the role to simulate its own permissions: ${said}`
        : 'Not tried, because the role may not simulate its own permissions.',
    );
  }
}

function each(messageOf: (action: string) => string): CredentialCheckItem[] {
  return organizationRoleActions.map(({ action }) => item(action, false, messageOf(action)));
}

function item(action: string, passed: boolean, message: string): CredentialCheckItem {
  return { name: 'simulate', action, passed, message };
}
