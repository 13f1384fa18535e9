import {
  AttachPolicyCommand,
  CreatePolicyCommand,
  MoveAccountCommand,
  OrganizationsClient,
  paginateListAccounts,
  ListParentsCommand,
  RemoveAccountFromOrganizationCommand,
  TagResourceCommand,
  UntagResourceCommand,
  type Account,
} from '@aws-sdk/client-organizations';
import type { MadeOrganization } from './sandbox.ts';

/** The administrator of the customer's organization, who uses the unmodified AWS SDK. */
export interface Administrator {
  /** All accounts that AWS lists, the management account included. */
  accounts(): Promise<Account[]>;
  /** Removes an account from the organization. */
  dismiss(accountId: string): Promise<void>;
  moveToRoot(accountId: string): Promise<void>;
  /** Creates a service control policy with one statement and attaches it. */
  restrict(name: string, statement: object, targetId: string): Promise<void>;
  tag(accountId: string, tags: Record<string, string>): Promise<void>;
  untag(accountId: string, ...keys: string[]): Promise<void>;
  close(): void;
}

export function createAdministrator(awsEndpointUrl: string, { managementAccountId, rootId }: MadeOrganization): Administrator {
  const client = new OrganizationsClient({
    endpoint: awsEndpointUrl,
    region: 'us-east-1',
    // In the sandbox an account number as access key id acts as the account's administrator.
    credentials: { accessKeyId: managementAccountId, secretAccessKey: 'any' },
    // AWS's rates apply to the administrator too, who shares one budget with Muster.
    maxAttempts: 10,
  });
  return {
    async accounts() {
      const accounts: Account[] = [];
      for await (const page of paginateListAccounts({ client }, {})) accounts.push(...(page.Accounts ?? []));
      return accounts;
    },
    dismiss: async (AccountId) => void (await client.send(new RemoveAccountFromOrganizationCommand({ AccountId }))),
    async moveToRoot(AccountId) {
      const { Parents } = await client.send(new ListParentsCommand({ ChildId: AccountId }));
      const move = { AccountId, SourceParentId: Parents![0]!.Id!, DestinationParentId: rootId };
      await client.send(new MoveAccountCommand(move));
    },
    async restrict(Name, statement, TargetId) {
      const Content = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      const policy = { Name, Content, Description: 'Made by the demo', Type: 'SERVICE_CONTROL_POLICY' as const };
      const { Policy } = await client.send(new CreatePolicyCommand(policy));
      await client.send(new AttachPolicyCommand({ PolicyId: Policy!.PolicySummary!.Id!, TargetId }));
    },
    async tag(ResourceId, tags) {
      const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
      await client.send(new TagResourceCommand({ ResourceId, Tags }));
    },
    untag: async (ResourceId, ...TagKeys) => void (await client.send(new UntagResourceCommand({ ResourceId, TagKeys }))),
    close: () => client.destroy(),
  };
}
