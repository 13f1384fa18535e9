/** Every workflow that a worker registers; the exported names are the registered names and never change. */
export { cloudRecheck } from './cloud-recheck.ts';
export { delegationOnboarding } from './delegation-onboarding/workflow.ts';
