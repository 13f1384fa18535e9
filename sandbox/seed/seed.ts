/** Sets up what the product's operator would have set up at AWS: Muster's own account, and its registration as a partner. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { administrator } from '../auth/credentials.ts';
import type { World } from '../core/world.ts';
import { registerPartner } from '../delegation/index.ts';

const stackName = 'muster-caller';
const deadlineMs = 30_000;

/** Deploys the shipped template and registers the partner. Rejects with the stack's own reason when the template does not deploy. */
export async function seed(world: World, templatesDir: string): Promise<void> {
  const { limits } = world.state.control;
  const pace = { iamPropagationMs: limits.iamPropagationMs, stackStepMs: limits.stackStepMs };
  // Nobody waits for Muster's own stack: it was deployed long ago.
  Object.assign(limits, { iamPropagationMs: 0, stackStepMs: 0 });
  try {
    await deployCallerStack(world, templatesDir);
    await registerAsPartner(world, templatesDir);
  } finally {
    Object.assign(limits, pace);
  }
}

async function deployCallerStack(world: World, templatesDir: string): Promise<void> {
  const admin = administrator(world.muster.accountId);
  await world.invoke(
    'cloudformation',
    'CreateStack',
    {
      StackName: stackName,
      TemplateBody: await readFile(join(templatesDir, 'muster-caller.yaml'), 'utf8'),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    },
    admin,
  );
  const deadline = Date.now() + deadlineMs;
  for (;;) {
    const { Stacks } = await world.invoke<{ Stacks: { StackStatus: string; StackStatusReason?: string }[] }>(
      'cloudformation',
      'DescribeStacks',
      { StackName: stackName },
      admin,
    );
    const { StackStatus, StackStatusReason } = Stacks[0]!;
    if (StackStatus === 'CREATE_COMPLETE') return;
    if (StackStatus !== 'CREATE_IN_PROGRESS' || Date.now() > deadline) {
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
