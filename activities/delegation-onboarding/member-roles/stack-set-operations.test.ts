import type { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { describe, expect, it } from 'vitest';
import { inActivity } from '../../../test/support/sandbox-aws.ts';
import { createInstances, deleteInstances, followOperation, stopOperation } from './stack-set-operations.ts';

/** A CloudFormation that answers every call with one error. The sandbox recognizes a repeated call by its input, and AWS may not. */
function refusing(code: string): CloudFormationClient {
  const send = () => Promise.reject(Object.assign(new Error('refused'), { name: code, $metadata: { httpStatusCode: 409 } }));
  return { send } as unknown as CloudFormationClient;
}

const operation = { stackSetName: 'muster-x', operationId: 'create-x-0', units: ['r-test'], region: 'us-east-1' };

describe('an operation on a stack set', () => {
  it.each([createInstances, deleteInstances])('was started by an earlier attempt if AWS knows its id', async (begin) => {
    await inActivity(() => begin(refusing('OperationIdAlreadyExistsException'), operation));
    await expect(inActivity(() => begin(refusing('OperationInProgressException'), operation))).rejects.toThrow('refused');
  });

  it('needs no stop if it does not exist or has ended', async () => {
    for (const code of ['OperationNotFoundException', 'InvalidOperationException']) {
      await inActivity(() => stopOperation(refusing(code), 'muster-x', 'create-x-0'));
    }
    await expect(inActivity(() => stopOperation(refusing('AccessDenied'), 'muster-x', 'create-x-0'))).rejects.toThrow('refused');
  });

  it('is not waited for if it does not exist', async () => {
    const follow = (code: string) =>
      inActivity(() => followOperation(refusing(code), 'muster-x', { operationId: 'create-x-0', pollMs: 1 }));
    expect(await follow('OperationNotFoundException')).toBeNull();
    await expect(follow('AccessDenied')).rejects.toThrow('refused');
  });
});
