import { longRunning } from '../lib/activity-options.ts';
import { readActivityProblem } from '../lib/activity-problem.ts';
import * as endings from './endings.ts';
import { delegatedAccess, type Onboarding } from './onboarding.ts';
import { accountStackRemoval } from './removal.ts';

/** What a request's scope decides: what is deployed, proven and registered, and its wording. */
export interface Deployment {
  /** The roles in the request's account, by name. */
  readonly roles: string;
  /** The timeline's words once these roles accept us. */
  readonly rolesProven: string;
  /** The current details of a run that has registered it. */
  readonly done: string;
  /** Deploys with the delegated access. */
  deploy(): Promise<void>;
  /** Proves what the scope needs beyond the trust of its roles. */
  proveAccess(): Promise<void>;
  /** Registers what was deployed, by our own id. */
  register(): Promise<{ cloudId: string } | { organizationId: string }>;
}

/** Deploys the stack of the request's account and follows it to its end. */
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
