/** Sets up what the product's operator would have set up at AWS: Muster's own account, and its registration as a partner. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { administrator } from '../auth/credentials.ts';
import { controlState } from '../control/state.ts';
import { AwsError } from '../core/aws-error.ts';
import type { World } from '../core/world.ts';
import { registerPartner } from '../delegation/index.ts';

const stackName = 'muster-caller';
const deadlineMs = 30_000;

/**
 * Brings Muster's own account to what the shipped templates say: at the first start, after a reset, and when a newer
 * release meets an older data file. Rejects with the stack's or the partner review's own reason.
 */
export async function seed(world: World, templatesDir: string): Promise<void> {
  const { limits, faults } = controlState.of(world);
  const pace = { iamPropagationMs: limits.iamPropagationMs, stackStepMs: limits.stackStepMs };
  // Nobody waits for Muster's own stack, and no fault meant for the product strikes it.
  Object.assign(limits, { iamPropagationMs: 0, stackStepMs: 0 });
  controlState.of(world).faults = [];
  try {
    await deployCallerStack(world, await readFile(join(templatesDir, 'muster-caller.yaml'), 'utf8'));
    await registerAsPartner(world, templatesDir);
  } finally {
    Object.assign(limits, pace);
    controlState.of(world).faults = faults;
  }
}

async function deployCallerStack(world: World, template: string): Promise<void> {
  const admin = administrator(world.muster.accountId);
  const asAdmin = <T>(operation: string, input: Record<string, unknown> = {}): Promise<T> =>
    world.invoke<T>('cloudformation', operation, { StackName: stackName, ...input }, admin);
  const change = { TemplateBody: template, Capabilities: ['CAPABILITY_NAMED_IAM'] };

  const deployed = await asAdmin<{ TemplateBody: string }>('GetTemplate').catch((error: unknown) => {
    if (error instanceof AwsError && error.message.includes('does not exist')) return undefined;
    throw error;
  });
  if (!deployed) await asAdmin('CreateStack', change);
  await settled(asAdmin);
  if (deployed && deployed.TemplateBody !== template) {
    await asAdmin('UpdateStack', change).catch((error: unknown) => {
      // Other comments, the same resources.
      if (!(error instanceof AwsError) || !error.message.startsWith('No updates')) throw error;
    });
    await settled(asAdmin);
  }
}

/** Waits until the stack stands as it should. */
async function settled(asAdmin: <T>(operation: string) => Promise<T>): Promise<void> {
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const { Stacks } = await asAdmin<{ Stacks: { StackStatus: string; StackStatusReason?: string }[] }>('DescribeStacks');
    const { StackStatus, StackStatusReason } = Stacks[0]!;
    if (StackStatus === 'CREATE_COMPLETE' || StackStatus === 'UPDATE_COMPLETE') return;
    if (!StackStatus.endsWith('_IN_PROGRESS') || Date.now() > deadline) {
      throw new Error(`templates/muster-caller.yaml does not deploy: ${StackStatus} ${StackStatusReason ?? ''}`);
    }
    await sleep(5);
  }
}

interface Registration {
  partnerName: string;
  partnerDomain: string;
  accountIds: string[];
  policyTemplates: { arn: string; file: string }[];
  permissionsBoundaries: { arn: string; file: string }[];
}

async function registerAsPartner(world: World, templatesDir: string): Promise<void> {
  const folder = join(templatesDir, 'delegation');
  const registration = JSON.parse(await readFile(join(folder, 'registration.json'), 'utf8')) as Registration;
  const readAll = (entries: { arn: string; file: string }[]): Promise<{ arn: string; document: unknown }[]> =>
    Promise.all(
      entries.map(async ({ arn, file }) => ({ arn, document: JSON.parse(await readFile(join(folder, file), 'utf8')) as unknown })),
    );
  registerPartner(world, {
    ...registration,
    policyTemplates: await readAll(registration.policyTemplates),
    permissionsBoundaries: await readAll(registration.permissionsBoundaries),
  });
}
