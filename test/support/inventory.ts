import { organizationOf, parentsOf, policyIdsOn, type Organization } from '@muster/aws-sandbox/testing';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { Client } from '@temporalio/client';
import { eq } from 'drizzle-orm';
import { publishedPace, type Pace } from '../../activities/organization-sync/inventory/aws/pace.ts';
import { takeInventory } from '../../activities/organization-sync/inventory/aws/take-inventory.ts';
import {
  syncAccounts,
  syncAccountTags,
  syncListings,
  syncOrganizationalUnits,
  syncPolicies,
  syncPolicyAttachments,
  syncs,
} from '../../db/schema/index.ts';
import { readAccountState } from '../../domain/organizations/account-state.ts';
import type { InventoryResult } from '../../workflows/contracts/organization-sync.ts';
import { insertSync, type TestOrganization } from './organizations.ts';
import type { TestRegistry } from './registry.ts';
import { registerMade, type MadeOrganization, type SandboxAws } from './sandbox-aws.ts';

/** A running inventory: its signals, and a way to cancel it. */
export interface RunningInventory {
  result: Promise<InventoryResult>;
  /** `upTo` of each signal, in order. */
  signals: number[];
  cancel(): void;
}

/** Fast enough that no call waits, for a sandbox without rates. */
const quickPace: Pace = { speed: 1_000, backOff: { firstMs: 2, maxMs: 50 } };

/** Reads organizations of the sandbox into snapshots. */
export class InventoryBench {
  readonly registry: TestRegistry;
  readonly cloud: SandboxAws;
  pace: Pace = publishedPace;

  constructor(registry: TestRegistry, cloud: SandboxAws) {
    this.registry = registry;
    this.cloud = cloud;
  }

  /** Creates an organization in the sandbox and registers it. */
  async make(
    request: Parameters<SandboxAws['makeOrganization']>[0],
  ): Promise<{ made: MadeOrganization; organization: TestOrganization; real: Organization }> {
    const made = await this.cloud.makeOrganization(request);
    const organization = await registerMade(this.registry, made, request.partition);
    return { made, organization, real: organizationOf(this.cloud.sandbox.world, made.managementAccountId)! };
  }

  /** Enforces AWS's published rates in the sandbox and in Muster, or in neither. */
  async keepRates(mode: 'aws' | 'off'): Promise<void> {
    await this.cloud.control('PUT', '/limits', { mode });
    this.pace = mode === 'aws' ? publishedPace : quickPace;
  }

  async sync(organization: TestOrganization, changes: Parameters<typeof insertSync>[2] = {}): Promise<string> {
    await this.registry.db.update(syncs).set({ phase: 'completed' }).where(eq(syncs.awsOrganizationId, organization.awsOrganizationId));
    return await insertSync(this.registry.db, organization, { phase: 'listing', ...changes });
  }

  start(syncId: string): RunningInventory {
    const signals: number[] = [];
    const signal = async (_definition: unknown, { upTo }: { upTo: number }) => {
      signals.push(upTo);
    };
    const client = {
      workflow: { getHandle: () => ({ signal }) },
      withAbortSignal: async (_signal: AbortSignal, run: () => Promise<unknown>) => await run(),
    } as unknown as Client;
    const environment = new MockActivityEnvironment(
      { workflowExecution: { workflowId: `organization-sync/${syncId}`, runId: 'run' } },
      { logger: new DefaultLogger('ERROR'), client },
    );
    const dependencies = this.cloud.dependencies(this.registry);
    const result = environment.run(() => takeInventory(dependencies, { syncId }, this.pace)) as Promise<InventoryResult>;
    return { result, signals, cancel: () => environment.cancel('CANCELLED') };
  }

  async take(syncId: string): Promise<InventoryResult> {
    return await this.start(syncId).result;
  }

  /**
   * Answered calls of each operation of Organizations and of the tagging API since the last `DELETE /calls`. A loaded
   * machine delays calls so unevenly that AWS's buckets refuse some of them; retried calls are not counted.
   */
  async calls(): Promise<Record<string, number>> {
    const all = (await this.cloud.control('GET', '/calls')) as Record<string, Record<string, { count: number; throttled: number }>>;
    const both = { ...all.organizations, ...all.tagging };
    return Object.fromEntries(Object.entries(both).map(([operation, { count, throttled }]) => [operation, count - throttled]));
  }

  async listing(syncId: string, name: string): Promise<typeof syncListings.$inferSelect | undefined> {
    const rows = await this.registry.db.select().from(syncListings).where(eq(syncListings.syncId, syncId));
    return rows.find(({ listing }) => listing === name);
  }

  /** A snapshot as it was written, sorted; listed accounts only. */
  async snapshot(syncId: string): Promise<Snapshot> {
    const { db } = this.registry;
    const accounts = await db.select().from(syncAccounts).where(eq(syncAccounts.syncId, syncId)).orderBy(syncAccounts.accountId);
    const tags = await db.select().from(syncAccountTags).where(eq(syncAccountTags.syncId, syncId));
    const tagsOf = new Map(tags.map((row) => [row.accountId, row.tags]));
    const units = await db.select().from(syncOrganizationalUnits).where(eq(syncOrganizationalUnits.syncId, syncId));
    const policies = await db.select().from(syncPolicies).where(eq(syncPolicies.syncId, syncId));
    const attachments = await db.select().from(syncPolicyAttachments).where(eq(syncPolicyAttachments.syncId, syncId));
    return {
      accounts: accounts
        .filter(({ pass }) => pass !== null)
        .map(({ accountId, name, email, state, ancestors }) => ({ accountId, name, email, state, ancestors, tags: tagsOf.get(accountId) })),
      units: units.map(({ ouId, name, parentId }) => ({ ouId, name, parentId })).sort(byText),
      policies: policies.map(({ policyId, awsManaged, content }) => ({ policyId, awsManaged, content })).sort(byText),
      attachments: attachments.map(({ policyId, targetId }) => `${targetId} ${policyId}`).sort(),
    };
  }
}

export interface Snapshot {
  accounts: unknown[];
  units: unknown[];
  policies: unknown[];
  attachments: string[];
}

const byText = (a: object, b: object): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

/** The snapshot of a faultless inventory of an organization of the sandbox. */
export function expectedSnapshot(real: Organization): Snapshot {
  const custom = new Set([...real.policies.values()].filter(({ awsManaged }) => !awsManaged).map(({ id }) => id));
  const targets = [real.rootId, ...real.units.keys(), ...real.accounts.keys()];
  const bearing = targets.filter((id) => policyIdsOn(real, id).some((policyId) => custom.has(policyId)));
  const attached = bearing.flatMap((id) => policyIdsOn(real, id).map((policyId) => `${id} ${policyId}`)).sort();
  return {
    accounts: [...real.accounts.values()]
      .map(({ id, name, email, state, tags }) => ({
        accountId: id,
        name,
        email,
        state: readAccountState({ state }),
        ancestors: parentsOf(real, id)!,
        tags: Object.fromEntries(tags ?? []),
      }))
      .sort((a, b) => (a.accountId < b.accountId ? -1 : 1)),
    units: [
      { ouId: real.rootId, name: 'Root', parentId: null },
      ...[...real.units.values()].map(({ id, name, parentId }) => ({ ouId: id, name, parentId })),
    ].sort(byText),
    policies: [...real.policies.values()]
      .map(({ id, awsManaged, content }) => ({
        policyId: id,
        awsManaged,
        // AWS's own policies and unattached ones are not read.
        content: attached.some((pair) => pair.endsWith(` ${id}`)) && !awsManaged ? content : null,
      }))
      .sort(byText),
    attachments: attached,
  };
}
