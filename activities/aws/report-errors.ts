import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import type { IAMClient } from '@aws-sdk/client-iam';
import type { SQSClient } from '@aws-sdk/client-sqs';
import type { STSClient } from '@aws-sdk/client-sts';
import { awsCodeOf } from './errors.ts';
import { OwnAccountError } from './own-account.ts';

/** A call that AWS refused or did not answer. */
export interface AwsError {
  service: string;
  operation: string;
  /** AWS's own code, or the name of the network fault. */
  code: string;
}

export type ReportAwsError = (error: AwsError) => void;

/** Reports every failed call of a client, once per call even if the client tried it several times. A cancelled call is no error. */
export function reportErrors(client: IAMClient | STSClient | CloudFormationClient | SQSClient, report: ReportAwsError): void {
  // All clients accept the same middleware; only their types name different commands.
  (client as STSClient).middlewareStack.add(
    (next, context) => async (args) => {
      try {
        return await next(args);
      } catch (error) {
        // AWS had no part in it.
        if (error instanceof OwnAccountError) throw error;
        const code = awsCodeOf(error) ?? 'Unknown';
        if (code !== 'AbortError') report({ service: context.clientName ?? 'AWS', operation: context.commandName ?? 'Call', code });
        throw error;
      }
    },
    { step: 'initialize', priority: 'high', name: 'musterReportErrors' },
  );
}
