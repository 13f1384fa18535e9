/** The workflows that a worker registers. The exported names are the registered names, which never change. */
export { autoBadging } from './auto-badging.ts';
export { cloudRecheck } from './cloud-recheck.ts';
export { cloudRoleProof } from './cloud-role-proof.ts';
export { credentialCheck } from './credential-check.ts';
export { delegationCleanUp } from './delegation-clean-up.ts';
export { delegationOnboarding } from './delegation-onboarding/workflow.ts';
export { organizationKeeper } from './organization-keeper/workflow.ts';
export { organizationSync } from './organization-sync/workflow.ts';
export { removalHold } from './removal-hold.ts';
export { scheduleTick } from './schedule-tick.ts';
