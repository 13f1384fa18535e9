import { longRunning } from '../lib/activity-options.ts';
import { readActivityProblem } from '../lib/activity-problem.ts';
import * as endings from './endings.ts';
import { delegatedAccess, type Onboarding } from './onboarding.ts';
import { accountStackRemoval } from './removal.ts';

/** The steps and texts that differ between a request for an account and one for an organization. */
export interface Deployment {
  /** The names of the roles in the request's account, for messages. */
  readonly roles: string;
  /** The timeline's message after these roles are proven. */
  readonly rolesProven: string;
  /** The current details of a completed run. */
  readonly done: string;
  /** Deploys the roles with the delegated access. */
  deploy(): Promise<void>;
  /** Proves the permissions that the registration needs, after the trust of the roles is proven. */
  proveAccess(): Promise<void>;
  /** Registers the cloud or the organization and returns Muster's id of it. */
  register(): Promise<{ cloudId: string } | { organizationId: string }>;
}

/** Deploys the stack in the request's account and waits for its end. */
export async function deployStack(onboarding: Onboarding): Promise<void> {
  const { token, limit } = delegatedAccess(onboarding);
  onboarding.removals.push(accountStackRemoval(onboarding.request.id));
  try {
    const stack = await longRunning(limit).deployAccountStack(token);
    if (!stack.succeeded) throw endings.stackFailed(stack);
  } catch (error) {
    throw endings.deploymentFailed(readActivityProblem(error));
  }
}
