import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditEvents, delegationRequests } from '../../../db/schema/index.ts';
import { endRequest, newRequest } from '../../../test/support/api/fixtures.ts';
import { startApi, type ApiHarness } from '../../../test/support/api/harness.ts';

const path = '/v1/delegation-requests';
let api: ApiHarness;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const create = async (): Promise<string> => (await api.call('POST', path, newRequest())).body.id;

describe('cancelling', () => {
  it("D9 S3: ends the request as cancelled; the workflow and the audit trail have the caller's name", async () => {
    const id = await create();
    api.workflows.onCancel = async () => {
      await endRequest(api, id, 'cancelled', { code: 'cancelled', message: 'Cancelled by Ada Admin.' });
      return { kind: 'cancelled' };
    };
    const { status, body: request } = await api.call('POST', `${path}/${id}/cancel`);
    expect([status, request.phase]).toEqual([200, 'cancelled']);
    expect(api.workflows.cancelled).toContainEqual({ id, by: 'Ada Admin' });
    const trail = await api.database.db.select().from(auditEvents).where(eq(auditEvents.targetId, id));
    expect(trail.map(({ action }) => action)).toContain('delegation_request.cancel_requested');
  });

  it('D9: answers 202 while the workflow cleans up', async () => {
    const id = await create();
    api.workflows.onCancel = () => ({ kind: 'cancelling' });
    const { status, body: request } = await api.call('POST', `${path}/${id}/cancel`, {});
    expect([status, request.phase]).toEqual([202, 'requested']);
  });

  it('D9: is too late once the registration has started; the answer shows the phase', async () => {
    const id = await create();
    api.workflows.onCancel = () => ({ kind: 'too_late', phase: 'verifying' });
    const { status, body: problem } = await api.call('POST', `${path}/${id}/cancel`);
    expect([status, problem.code]).toEqual([409, 'too_late']);
    expect(problem.detail).toContain('verifying');
  });

  it('an ended request is refused without a call to its workflow', async () => {
    const id = await create();
    await endRequest(api, id, 'rejected');
    const callsBefore = api.workflows.cancelled.length;
    const { status, body: problem } = await api.call('POST', `${path}/${id}/cancel`);
    expect([status, problem.code]).toEqual([409, 'too_late']);
    expect(problem.detail).toContain('rejected');
    expect(api.workflows.cancelled).toHaveLength(callsBefore);
  });

  it('a request that ends during the call is refused with its final phase', async () => {
    const id = await create();
    api.workflows.onCancel = async () => {
      await api.database.db.update(delegationRequests).set({ phase: 'completed' }).where(eq(delegationRequests.id, id));
      return { kind: 'ended' };
    };
    const { status, body: problem } = await api.call('POST', `${path}/${id}/cancel`);
    expect([status, problem.code]).toEqual([409, 'too_late']);
    expect(problem.detail).toContain('completed');
  });

  it('without a worker, answers 503 with Retry-After', async () => {
    const id = await create();
    api.workflows.onCancel = () => ({ kind: 'unanswered' });
    const { status, headers, body: problem } = await api.call('POST', `${path}/${id}/cancel`);
    expect([status, problem.code, headers.get('retry-after')]).toEqual([503, 'no_worker', '5']);
  });

  it('unknown fields are refused', async () => {
    const { status, body: problem } = await api.call('POST', `${path}/${await create()}/cancel`, { reason: 'x' });
    expect(status).toBe(422);
    expect(problem.errors[0].pointer).toBe('/reason');
  });
});
