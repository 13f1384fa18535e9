import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { delegationState } from '../delegation/state.ts';
import { requestInput, setUpTestPartner } from '../fixtures/partner.ts';
import { createTestWorld, customerAccount, partnerAccount } from '../fixtures/world.ts';
import type { TestWorld } from '../fixtures/world.ts';
import { handleConsole } from './index.ts';

let test: TestWorld;
beforeEach(async () => {
  test = createTestWorld();
  await setUpTestPartner(test);
});
afterEach(() => test.stop());

async function create(changes: Record<string, unknown> = {}): Promise<string> {
  const input = Object.fromEntries(Object.entries({ ...requestInput(), ...changes }).filter(([, value]) => value !== undefined));
  return (await test.as(partnerAccount)<{ DelegationRequestId: string }>('iam', 'CreateDelegationRequest', input)).DelegationRequestId;
}
const open = (path: string, form?: Record<string, string>): ReturnType<typeof handleConsole> =>
  handleConsole(
    {
      method: form ? 'POST' : 'GET',
      url: new URL(`http://127.0.0.1:1/console${path}`),
      body: String(new URLSearchParams(form)),
      headers: {},
    },
    test.world,
  );
const state = (id: string): string => delegationState.of(test.world).requests.get(id)!.state;
const buttons = (body: string): string[] => [...body.matchAll(/<button[^>]*>([^<]*)</g)].map((match) => match[1]!);

describe('the console page', () => {
  it('shows who asks for what, and lets the person allow it', async () => {
    const id = await create({ RequestMessage: 'for workspace 7', RedirectUrl: 'https://partner.example/back?id=1' });
    const { body, status } = await open(`/delegation-requests/${id}`);
    expect(status).toBe(200);
    for (const text of ['Partner asks for temporary access', 'for workspace 7', customerAccount, '60 minutes', 'iam:CreateRole'])
      expect(body).toContain(text);
    expect(buttons(body)).toEqual(['Allow', 'Request approval from an administrator', 'Reject']);
    expect((await open(`/delegation-requests/${id}/allow`, {})).status).toBe(303);
    expect(state(id)).toBe('FINALIZED');
    const after = (await open(`/delegation-requests/${id}`)).body;
    expect(buttons(after)).toEqual(['Revoke access']);
    expect(after).toContain('<a href="https://partner.example/back?id=1">');
  });

  it('forwards to an administrator, who allows; the owner releases', async () => {
    const id = await create({ OnlySendByOwner: true });
    await open(`/delegation-requests/${id}/request-approval`, { notes: 'please' });
    expect(state(id)).toBe('PENDING_APPROVAL');
    const page = (await open(`/delegation-requests/${id}`)).body;
    expect(page).toContain('please');
    expect(buttons(page)).toEqual(['Allow as administrator', 'Reject']);
    await open(`/delegation-requests/${id}/allow-as-administrator`, {});
    expect(buttons((await open(`/delegation-requests/${id}`)).body)).toEqual(['Release access', 'Reject']);
    await open(`/delegation-requests/${id}/release`, {});
    expect(state(id)).toBe('FINALIZED');
    await open(`/delegation-requests/${id}/revoke`, {});
    expect(buttons((await open(`/delegation-requests/${id}`)).body)).toEqual([]);
  });

  it('rejects with a reason', async () => {
    const id = await create();
    await open(`/delegation-requests/${id}/reject`, { notes: 'not now' });
    expect(state(id)).toBe('REJECTED');
    expect((await open(`/delegation-requests/${id}`)).body).toContain('not now');
  });

  it('asks for the account when the request names none', async () => {
    const id = await create({ OwnerAccountId: undefined });
    expect((await open(`/delegation-requests/${id}`)).body).toContain('AWS account ID');
    expect(await open(`/delegation-requests/${id}/allow`, { account: '12' })).toMatchObject({
      status: 400,
      body: expect.stringContaining('12 digits'),
    });
    await open(`/delegation-requests/${id}/allow`, { account: '444455556666' });
    expect(delegationState.of(test.world).requests.get(id)).toMatchObject({ state: 'FINALIZED', ownerAccountId: '444455556666' });
  });

  it("shows AWS's refusal instead of doing nothing", async () => {
    const id = await create();
    const { body, status } = await open(`/delegation-requests/${id}/release`, {});
    expect(status).toBe(400);
    expect(body).toContain('role="alert"');
  });

  it("shows a partner's text as text, never as markup", async () => {
    const id = await create({ Description: '<script>alert(1)</script>' });
    for (const path of ['', `/delegation-requests/${id}`]) {
      const { body } = await open(path);
      expect(body).toContain('&lt;script&gt;');
      expect(body).not.toContain('<script>');
    }
  });

  it('lists open requests only', async () => {
    const id = await create();
    expect((await open('')).body).toContain(id);
    await open(`/delegation-requests/${id}/reject`, {});
    expect((await open('')).body).not.toContain(id);
  });

  it.each(['/nowhere', '/delegation-requests/none', '/delegation-requests'])('%s is not found', async (path) => {
    expect((await open(path)).status).toBe(404);
  });
});
