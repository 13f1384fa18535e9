import {
  DescribePolicyCommand,
  ListPoliciesCommand,
  ListPoliciesForTargetCommand,
  ListTargetsForPolicyCommand,
  type DescribePolicyCommandOutput,
  type PolicySummary,
} from '@aws-sdk/client-organizations';
import { inAttempt } from '../in-attempt.ts';
import {
  dropAttachments,
  dropPolicies,
  dropPolicy,
  loadCustomerPolicies,
  loadTargets,
  writeAttachments,
  writePolicies,
  writePolicyContent,
  type Attachment,
  type SnapshotPolicy,
} from '../write-policies.ts';
import { pageSize } from './list-accounts.ts';
import { gone, goneOf } from './refusals.ts';
import { runListing } from '../run-listing.ts';
import type { Sweep } from './begin-sweep.ts';
import { completePart } from '../complete-part.ts';
import type { InventoryOperation } from './organization-caller.ts';
import { forEachAtMost, together } from '../../../side-by-side.ts';
import { allPoliciesListing } from '../../../../db/schema/index.ts';

const Filter = 'SERVICE_CONTROL_POLICY';
/** Concurrent calls. */
const lanes = 4;

/**
 * Reads the service control policies and their attachments. FullAWSAccess is attached nearly everywhere, and each 20
 * targets cost a call. So it lists only the targets of customer policies, and then all policies of these targets. Any
 * other target has only FullAWSAccess, because AWS requires at least one policy on each. The end is recorded, because half of the policies would
 * explain a denial wrongly.
 */
export async function sweepPolicies(sweep: Sweep): Promise<void> {
  const { db, syncId, listings, stop } = sweep;
  if (listings.get(allPoliciesListing)?.completed) return;
  const each = (ids: readonly string[], read: (sweep: Sweep, id: string) => Promise<void>) =>
    forEachAtMost(ids, lanes, (id) => read(sweep, id), stop);
  await listPolicies(sweep);
  await each(await loadCustomerPolicies(db, syncId), listTargets);
  const works = [
    async () => each(await loadTargets(db, syncId), listPoliciesOf),
    // An unattached policy denies nothing, and DescribePolicy is one of the slowest calls.
    async () => each(await loadCustomerPolicies(db, syncId, 'unread'), readContent),
  ];
  await together(works, stop);
  await completePart(sweep, allPoliciesListing);
}

async function listPolicies(sweep: Sweep): Promise<void> {
  const { organizations, syncId } = sweep;
  await runListing<InventoryOperation, SnapshotPolicy>(sweep, {
    name: 'policies',
    operation: 'ListPolicies',
    attempted: 'The service control policies could not be listed',
    async fetch(NextToken, abortSignal) {
      const page = await organizations.send(new ListPoliciesCommand({ Filter, NextToken, MaxResults: pageSize }), { abortSignal });
      return { items: policiesOf(page.Policies), nextToken: page.NextToken };
    },
    write: (tx, policies) => writePolicies(tx, syncId, policies),
    restart: (tx) => dropPolicies(tx, syncId),
  });
}

async function listTargets(sweep: Sweep, policyId: string): Promise<void> {
  const { organizations, syncId } = sweep;
  await runListing<InventoryOperation, Attachment>(sweep, {
    name: `targets_for_policy/${policyId}`,
    operation: 'ListTargetsForPolicy',
    attempted: `The targets of the policy ${policyId} could not be listed`,
    async fetch(NextToken, abortSignal) {
      const command = new ListTargetsForPolicyCommand({ PolicyId: policyId, NextToken, MaxResults: pageSize });
      const page = await organizations.send(command, { abortSignal });
      const items = (page.Targets ?? []).flatMap(({ TargetId }) => (TargetId ? [{ policyId, targetId: TargetId }] : []));
      return { items, nextToken: page.NextToken };
    },
    write: (tx, attachments) => writeAttachments(tx, syncId, attachments),
    restart: (tx) => dropAttachments(tx, syncId, { policyId }),
    dropped: (tx) => dropPolicy(tx, syncId, policyId),
  });
}

async function listPoliciesOf(sweep: Sweep, targetId: string): Promise<void> {
  const { organizations, syncId } = sweep;
  await runListing<InventoryOperation, SnapshotPolicy>(sweep, {
    name: `policies_for_target/${targetId}`,
    operation: 'ListPoliciesForTarget',
    attempted: `The policies of ${targetId} could not be listed`,
    async fetch(NextToken, abortSignal) {
      const command = new ListPoliciesForTargetCommand({ TargetId: targetId, Filter, NextToken, MaxResults: pageSize });
      const page = await organizations.send(command, { abortSignal });
      return { items: policiesOf(page.Policies), nextToken: page.NextToken };
    },
    async write(tx, policies) {
      // A policy may have been created after the list of policies was read.
      await writePolicies(tx, syncId, policies);
      await writeAttachments(
        tx,
        syncId,
        policies.map(({ policyId }) => ({ policyId, targetId })),
      );
    },
    restart: (tx) => dropAttachments(tx, syncId, { targetId }),
    dropped: (tx) => dropAttachments(tx, syncId, { targetId }),
  });
}

async function readContent(sweep: Sweep, policyId: string): Promise<void> {
  const { organizations, syncId } = sweep;
  const answer = await sweep.caller.call<DescribePolicyCommandOutput | typeof gone>({
    operation: 'DescribePolicy',
    attempted: `The policy ${policyId} could not be read`,
    send: (abortSignal) => organizations.send(new DescribePolicyCommand({ PolicyId: policyId }), { abortSignal }),
    answerOf: goneOf,
  });
  await inAttempt(sweep.db, sweep, async (tx) => {
    if (answer === gone) await dropPolicy(tx, syncId, policyId);
    else await writePolicyContent(tx, syncId, policyId, answer.Policy?.Content ?? '');
  });
}

function policiesOf(summaries: readonly PolicySummary[] | undefined): SnapshotPolicy[] {
  return (summaries ?? []).flatMap(({ Id, Name, Description, AwsManaged }) =>
    Id ? [{ policyId: Id, name: Name ?? Id, description: Description || null, awsManaged: AwsManaged ?? false }] : [],
  );
}
