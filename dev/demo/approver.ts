import {
  AcceptDelegationRequestCommand,
  AssociateDelegationRequestCommand,
  IAMClient,
  RejectDelegationRequestCommand,
  SendDelegationTokenCommand,
  UpdateDelegationRequestCommand,
} from '@aws-sdk/client-iam';

/** The customer's people in an account of the sandbox, who use the unmodified AWS SDK. */
export interface Approver {
  takeUp(awsRequestId: string): Promise<void>;
  forward(awsRequestId: string): Promise<void>;
  approve(awsRequestId: string): Promise<void>;
  reject(awsRequestId: string): Promise<void>;
  close(): void;
}

export function createApprover(awsEndpointUrl: string, accountId: string): Approver {
  const iam = new IAMClient({
    endpoint: awsEndpointUrl,
    region: 'us-east-1',
    // In the sandbox an account number as access key id acts as the account's administrator.
    credentials: { accessKeyId: accountId, secretAccessKey: 'any' },
  });
  return {
    takeUp: async (DelegationRequestId) => void (await iam.send(new AssociateDelegationRequestCommand({ DelegationRequestId }))),
    forward: async (DelegationRequestId) =>
      void (await iam.send(new UpdateDelegationRequestCommand({ DelegationRequestId, Notes: 'Please have a look' }))),
    // As the console's "Allow access" does; the API releases nothing with the approval.
    approve: async (DelegationRequestId) => {
      await iam.send(new AcceptDelegationRequestCommand({ DelegationRequestId }));
      await iam.send(new SendDelegationTokenCommand({ DelegationRequestId }));
    },
    reject: async (DelegationRequestId) =>
      void (await iam.send(new RejectDelegationRequestCommand({ DelegationRequestId, Notes: 'Please ask my team first' }))),
    close: () => iam.destroy(),
  };
}
