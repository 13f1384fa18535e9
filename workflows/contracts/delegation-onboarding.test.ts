import { describe, expect, it } from 'vitest';
import { parseRequestorWorkflowId, requestorWorkflowId } from './delegation-onboarding.ts';

describe('RequestorWorkflowId', () => {
  const id = '019a0000-0000-7000-8000-000000000001';

  it('D10: the id of a message names its request and attempt', () => {
    expect(parseRequestorWorkflowId(requestorWorkflowId(id, 3))).toEqual({ requestId: id, attempt: 3 });
  });

  it.each(['', 'workflow-12345', `muster-${id}`, `muster-${id}-0`, `muster-${id}-1x`, `muster-${id.slice(1)}-1`])(
    "the id %j is not Muster's",
    (text) => expect(parseRequestorWorkflowId(text)).toBeNull(),
  );
});
