import { DescribeStackSetCommand, ListStackInstancesCommand, type CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { cancellationSignal } from '@temporalio/activity';
import type { MemberStackSet } from '../../db/schema/cloud-organizations.ts';
import type { OrganizationCredentials } from '../../db/sealing/secrets.ts';
import { parseRoleArn } from '../../domain/aws/arn.ts';
import { judgeStackInstance, type Rollout, type StackInstance } from '../../domain/clouds/stack-instance.ts';
import type { ScopedAccount } from '../../domain/organizations/scope.ts';
import { assumeRole } from '../aws/assume-role.ts';
import type { AwsClients } from '../aws/clients.ts';
import { isRefusal, meaningOf } from '../aws/errors.ts';

/** An organization whose member roles come from our stack set, and the credentials of its organization role. */
export interface RolledOutOrganization extends Pick<OrganizationCredentials, 'organizationRole' | 'accessKey'> {
  stackSet: MemberStackSet;
}

/** The stack set, and a client that may read it. */
interface ReachedStackSet {
  client: CloudFormationClient;
  unitIds: ReadonlySet<string>;
}

/**
 * Reads the state of the stack set in an account, as the organization role (D5). The first call assumes the role; later
 * calls use the same session.
 */
export class MemberStackSetReader {
  private readonly aws: Pick<AwsClients, 'stsFor' | 'cloudFormation'>;
  private readonly organization: RolledOutOrganization;
  /** The previous call. AWS publishes no rate for these calls, so they run one at a time. */
  private last: Promise<unknown> = Promise.resolve();
  private reached: Promise<ReachedStackSet> | undefined;

  constructor(aws: Pick<AwsClients, 'stsFor' | 'cloudFormation'>, organization: RolledOutOrganization) {
    this.aws = aws;
    this.organization = organization;
  }

  /**
   * Null if the stack set does not cover the account, or if AWS denies the call: then the member's refusal stands.
   * Throws AWS's error if AWS gave no answer. The check is then deferred, so that a late member is not reported as
   * denied.
   */
  async look({ accountId, ancestors }: Pick<ScopedAccount, 'accountId' | 'ancestors'>): Promise<Rollout | null> {
    const { organizationRole, stackSet } = this.organization;
    // StackSets never deploys to the management account (CloudFormation user guide, "StackSets concepts").
    if (accountId === parseRoleArn(organizationRole.roleArn)!.accountId) return null;
    try {
      const { client, unitIds } = await (this.reached ??= this.reachOnce());
      if (ancestors && !ancestors.some((id) => unitIds.has(id))) return null;
      return judgeStackInstance(stackSet.name, await this.inTurn(() => this.find(client, accountId)));
    } catch (error) {
      if (!isRefusal(meaningOf(error))) throw error;
      return null;
    }
  }

  /** Closes its connections. */
  async close(): Promise<void> {
    const reached = await this.reached?.catch(() => null);
    reached?.client.destroy();
  }

  private async inTurn<T>(ask: () => Promise<T>): Promise<T> {
    const asked = this.last.then(ask);
    this.last = asked.catch(() => {});
    return await asked;
  }

  private async find(client: CloudFormationClient, accountId: string): Promise<StackInstance | null> {
    const { name, region } = this.organization.stackSet;
    const command = new ListStackInstancesCommand({ StackSetName: name, StackInstanceAccount: accountId, StackInstanceRegion: region });
    const { Summaries } = await client.send(command, { abortSignal: cancellationSignal() });
    const found = Summaries?.[0];
    if (!found) return null;
    return {
      detailedStatus: found.StackInstanceStatus?.DetailedStatus ?? null,
      status: found.Status ?? null,
      reason: found.StatusReason ?? null,
    };
  }

  /** A denial is the same for all members. After a missing answer, the call for the next member retries. */
  private async reachOnce(): Promise<ReachedStackSet> {
    try {
      return await this.reach();
    } catch (error) {
      if (!isRefusal(meaningOf(error))) this.reached = undefined;
      throw error;
    }
  }

  private async reach(): Promise<ReachedStackSet> {
    const { organizationRole, accessKey, stackSet } = this.organization;
    const { partition } = parseRoleArn(organizationRole.roleArn)!;
    const session = await assumeRole(this.aws.stsFor({ partition, accessKey }), organizationRole);
    const client = this.aws.cloudFormation(session, stackSet.region);
    try {
      const { StackSet } = await client.send(new DescribeStackSetCommand({ StackSetName: stackSet.name }), {
        abortSignal: cancellationSignal(),
      });
      return { client, unitIds: new Set(StackSet?.OrganizationalUnitIds) };
    } catch (error) {
      client.destroy();
      throw error;
    }
  }
}
