import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clouds, credentialSets, delegationRequests } from '../../db/schema/index.ts';
import { MUSTER_ACCOUNT } from '../../dev/partner/muster.ts';
import { endRequest, insertCloud, newRequest } from '../../test/support/api/fixtures.ts';
import { startApi, type ApiHarness } from '../../test/support/api/harness.ts';
import { acceptNextChecks, newOrganization } from '../../test/support/api/organizations.ts';

let api: ApiHarness;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const ownRole = `arn:aws:iam::${MUSTER_ACCOUNT}:role/any`;
const role = { roleArn: ownRole, externalId: 'acme-4711', sessionName: 'muster', durationSeconds: 3_600 };

/** The answer to a call, and whether the call left credentials behind or reached a workflow. */
async function answerTo(method: string, path: string, body: unknown) {
  const count = async () => [await api.database.db.$count(credentialSets), api.workflows.checked.length, api.workflows.opened.length];
  const before = await count();
  const { status, body: problem } = await api.call(method, path, body);
  const isUntouched = JSON.stringify(await count()) === JSON.stringify(before);
  return { status, code: problem.code, detail: problem.detail, errors: problem.errors, isUntouched };
}

/** Without this refusal, a caller could use the trust that roles of Muster's own account have in that account. */
const ownAccountAt = (pointer: string) => ({
  status: 422,
  code: 'own_account',
  detail: expect.stringContaining(MUSTER_ACCOUNT),
  errors: [{ pointer, message: expect.stringContaining(MUSTER_ACCOUNT) }],
  isUntouched: true,
});

it.each(['account', 'organization'])('B3: a delegation request for Muster’s own account is refused (scope %s)', async (scope) => {
  expect(await answerTo('POST', '/v1/delegation-requests', newRequest({ accountId: MUSTER_ACCOUNT, scope }))).toEqual(
    ownAccountAt('/accountId'),
  );
});

it('B3: an older request for Muster’s own account is not sent again', async () => {
  const { body: request } = await api.call('POST', '/v1/delegation-requests', newRequest());
  await endRequest(api, request.id, 'expired');
  await api.database.db.update(delegationRequests).set({ accountId: MUSTER_ACCOUNT }).where(eq(delegationRequests.id, request.id));
  expect(await answerTo('POST', `/v1/delegation-requests/${request.id}/resend`, {})).toEqual(ownAccountAt('/accountId'));
});

it.each(['/v1/organizations', '/v1/organizations/preview'])(
  'B3: POST %s refuses an organization role of Muster’s own account',
  async (path) => {
    expect(await answerTo('POST', path, newOrganization({ organizationRole: role }).body)).toEqual(
      ownAccountAt('/organizationRole/roleArn'),
    );
  },
);

it('B3: an access key in the form does not change which account is Muster’s own', async () => {
  const accessKey = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'secret/of/another+account' };
  const { body } = newOrganization({ organizationRole: role, accessKey });
  expect(await answerTo('POST', '/v1/organizations', body)).toEqual(ownAccountAt('/organizationRole/roleArn'));
});

it('B3: the credentials of an organization cannot become a role of Muster’s own account', async () => {
  const { body, described } = newOrganization();
  acceptNextChecks(api, described);
  const { body: organization } = await api.call('POST', '/v1/organizations', body);
  const credentials = { organizationRole: role, memberRole: body.memberRole };
  expect(await answerTo('PATCH', `/v1/organizations/${organization.id}`, { credentials })).toEqual(
    ownAccountAt('/credentials/organizationRole/roleArn'),
  );
});

it.each([undefined, MUSTER_ACCOUNT])(
  'B3: the credentials of a cloud cannot become a role of Muster’s own account (cloud %s)',
  async (accountId) => {
    const cloud = await insertCloud(api, accountId === undefined ? {} : { accountId });
    expect(await answerTo('PUT', `/v1/clouds/${cloud.id}/credentials`, role)).toEqual(ownAccountAt('/roleArn'));
    await api.database.db.delete(clouds).where(eq(clouds.id, cloud.id));
  },
);
