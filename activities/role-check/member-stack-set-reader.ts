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

/** An organization whose member roles come by a stack set of ours, and how its organization role is assumed. */
export interface RolledOutOrganization extends Pick<OrganizationCredentials, 'organizationRole' | 'accessKey'> {
  stackSet: MemberStackSet;
}

/** The stack set as it stands, and who may ask about it. */
interface ReachedStackSet {
  client: CloudFormationClient;
  unitIds: ReadonlySet<string>;
}

/**
 * Asks, as the organization role, how far the stack set is in an account (D5). The role is assumed at the first question,
 * and the session is used for all that follow.
 */
export class MemberStackSetReader {
  private readonly aws: Pick<AwsClients, 'stsFor' | 'cloudFormation'>;
  private readonly organization: RolledOutOrganization;
  /** The question before; AWS publishes no rate for them, so one is asked at a time. */
  private last: Promise<unknown> = Promise.resolve();
  private reached: Promise<ReachedStackSet> | undefined;

  constructor(aws: Pick<AwsClients, 'stsFor' | 'cloudFormation'>, organization: RolledOutOrganization) {
    this.aws = aws;
    this.organization = organization;
  }

  /**
   * Null where the stack set does not go to, and when AWS refuses to tell: then a member's refusal is what it is. Throws
   * AWS's error when it gave no answer, which is worth asking again: a member that is only late is not condemned for it.
   */
  async look({ accountId, ancestors }: Pick<ScopedAccount, 'accountId' | 'ancestors'>): Promise<Rollout | null> {
    const { organizationRole, stackSet } = this.organization;
    // StackSets never goes to the management account (aws-facts §3.4).
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

  /** Ends its connections. */
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

  /** A refusal is the same for all members; what AWS did not answer may be asked again for the next. */
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
