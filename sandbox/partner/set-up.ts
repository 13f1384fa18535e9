/** Sets up what the partner would have set up at AWS: its own stack, and its registration. */
import { setTimeout as sleep } from 'node:timers/promises';
import { administrator } from '../auth/credentials.ts';
import { controlState } from '../control/state.ts';
import { AwsError } from '../core/aws-error.ts';
import type { World } from '../core/world.ts';
import { registerPartner } from '../delegation/index.ts';
import type { PartnerSettings } from './settings.ts';

const deadlineMs = 30_000;

type Stack = NonNullable<PartnerSettings['stack']>;
type Invoke = <T>(operation: string, input?: Record<string, unknown>) => Promise<T>;

/**
 * Brings the partner's account to what the settings say: at the first start, after a reset, and when newer settings meet
 * an older data file. Rejects with the stack's or the partner review's own reason.
 */
export async function setUpPartner(world: World): Promise<void> {
  const { stack, registration, accountId } = world.partner ?? {};
  const { limits, faults } = controlState.of(world);
  const pace = { iamPropagationMs: limits.iamPropagationMs, stackStepMs: limits.stackStepMs };
  // The partner's own stack deploys without delays, and faults meant for the product do not apply to it.
  Object.assign(limits, { iamPropagationMs: 0, stackStepMs: 0 });
  controlState.of(world).faults = [];
  try {
    if (stack && accountId !== undefined) await deploy(world, accountId, stack);
    if (registration) registerPartner(world, registration);
  } finally {
    Object.assign(limits, pace);
    controlState.of(world).faults = faults;
  }
}

async function deploy(world: World, accountId: string, { name, templateBody }: Stack): Promise<void> {
  const admin = administrator(accountId);
  const asAdmin: Invoke = (operation, input = {}) => world.invoke('cloudformation', operation, { StackName: name, ...input }, admin);
  const change = { TemplateBody: templateBody, Capabilities: ['CAPABILITY_NAMED_IAM'] };

  const deployed = await asAdmin<{ TemplateBody: string }>('GetTemplate').catch((error: unknown) => {
    if (error instanceof AwsError && error.message.includes('does not exist')) return undefined;
    throw error;
  });
  if (!deployed) await asAdmin('CreateStack', change);
  await settled(asAdmin, name);
  if (deployed && deployed.TemplateBody !== templateBody) {
    await asAdmin('UpdateStack', change).catch((error: unknown) => {
      // Other comments, the same resources.
      if (!(error instanceof AwsError) || !error.message.startsWith('No updates')) throw error;
    });
    await settled(asAdmin, name);
  }
}

/** Waits until the stack stands as it should. */
async function settled(asAdmin: Invoke, name: string): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const { Stacks } = await asAdmin<{ Stacks: { StackStatus: string; StackStatusReason?: string }[] }>('DescribeStacks');
    const { StackStatus, StackStatusReason } = Stacks[0]!;
    if (StackStatus === 'CREATE_COMPLETE' || StackStatus === 'UPDATE_COMPLETE') return;
    if (!StackStatus.endsWith('_IN_PROGRESS') || Date.now() > deadline) {
      throw new Error(`The partner's stack ${name} does not deploy: ${StackStatus} ${StackStatusReason ?? ''}`);
    }
    await sleep(5);
  }
}
