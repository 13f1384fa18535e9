import { registry } from '../lib/activity-options.ts';
import { deployStack, type Deployment } from './deployment.ts';
import type { Onboarding } from './onboarding.ts';

/** The deployment for an account: one stack with the harvesting role. The account becomes a cloud. */
export class AccountDeployment implements Deployment {
  readonly roles: string;
  readonly rolesProven = 'The role accepts Muster with its external id, and refuses it without.';
  readonly done = 'Done: the account is listed as a cloud';
  private readonly onboarding: Onboarding;

  constructor(onboarding: Onboarding) {
    this.onboarding = onboarding;
    this.roles = onboarding.request.roleName;
  }

  async deploy(): Promise<void> {
    const { journal, status } = this.onboarding;
    status.enter('deploying', 'Deploying the account stack with the delegated access');
    journal.note({
      key: 'deploying',
      type: 'deploying',
      message: 'Access was delegated: deploying the stack with the harvesting role.',
    });
    await deployStack(this.onboarding);
  }

  /** An account needs only the role's trust. The checks of the cloud find missing permissions. */
  async proveAccess(): Promise<void> {}

  async register(): Promise<{ cloudId: string }> {
    return await registry.registerCloud(this.onboarding.run);
  }
}
