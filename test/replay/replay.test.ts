import { readdirSync, readFileSync } from 'node:fs';
import { Worker } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseSealingKeys } from '../../config/sealing-keys.ts';
import { builtEncodedFailures, encryptingWorkflowBundle } from '../../dev/build/build.ts';
import { createDataConverter } from '../../temporal/data-converter.ts';
import * as workflows from '../../workflows/index.ts';
import { quietTemporal } from '../support/quiet-temporal.ts';
import { testBundle } from '../support/workflow-bundle.ts';

interface Recorded {
  workflowId: string;
  history: unknown;
}

const folder = new URL('./histories/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
const read = (name: string) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Recorded;

async function replay({ workflowId, history }: Recorded): Promise<void> {
  await Worker.runReplayHistory({ workflowBundle: testBundle() }, history, workflowId);
}

describe('runs that were under way before a change go on after it', () => {
  beforeAll(quietTemporal);

  it.each([
    'completed',
    'rejected',
    'expired',
    'cancelled',
    'failed-deployment',
    'adopted-orphan',
    'organization',
    'organization-cancelled',
  ])('an onboarding that ended as %s is among them', (ending) => expect(names).toContain(`delegation-onboarding.${ending}.v0.1.0.json`));

  it.each([
    'organization-sync.completed',
    'organization-sync.failed',
    'organization-sync.held',
    'organization-keeper.continued-as-new',
    'organization-keeper.removed',
    'credential-check.accepted',
    'credential-check.refused',
    'cloud-role-proof.accepted',
    'cloud-role-proof.refused',
    'schedule-tick.requested',
    'removal-hold.confirmed',
    'removal-hold.superseded',
    'auto-badging.completed',
    'cloud-recheck.ok',
    'cloud-recheck.denied',
  ])('so is %s', (name) => expect(names).toContain(`${name}.v0.1.0.json`));

  it('no workflow is without one', () => {
    const recorded = new Set(names.map((name) => name.slice(0, name.indexOf('.'))));
    const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    expect(Object.keys(workflows).map(kebab).sort()).toEqual([...recorded].sort());
  });

  it.each(names)('%s', async (name) => {
    await expect(replay(read(name))).resolves.toBeUndefined();
  });

  // Recorded in clear. A worker reads them before the encryption is on and after.
  it.each(names)('%s, by a worker that encrypts', async (name) => {
    const { workflowId, history } = read(name);
    const keys = parseSealingKeys(`k:${Buffer.alloc(32, 1).toString('base64')}`);
    const dataConverter = createDataConverter(keys, 'encrypt', builtEncodedFailures);
    const worker = { workflowBundle: { codePath: encryptingWorkflowBundle }, dataConverter };
    await expect(Worker.runReplayHistory(worker, history, workflowId)).resolves.toBeUndefined();
  });

  it('the gate bites: a history that this code could not have made is refused', async () => {
    const recorded = JSON.stringify(read('delegation-onboarding.completed.v0.1.0.json'));
    const altered = recorded.replaceAll('"deployAccountStack"', '"deploySomethingElse"');
    expect(altered).not.toBe(recorded);
    await expect(replay(JSON.parse(altered) as Recorded)).rejects.toThrow(DeterminismViolationError);
  });
});
