import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { secretKey, secretKeyPrefix, sessionToken, sessionTokenPrefix } from '@muster/aws-sandbox/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ActivateOrganizationsAccessCommand } from '@aws-sdk/client-cloudformation';
import { findFreePort } from '../../dev/process/ports.ts';
import {
  apiAnswers,
  databaseDump,
  exportedHistories,
  filesWritten,
  findSecrets,
  formsOf,
  metricsRead,
  organizationAnswers,
  requestAnswers,
  visibleRuns,
  workAnswers,
} from '../support/hiding-places.ts';
import { externalIdOf, TestStack } from '../support/stack.ts';
import { formOf, type OrganizationResource } from '../support/stack-organizations.ts';
import { spyOnTokens } from '../support/token-spy.ts';
import { waitFor } from '../support/wait-for.ts';

/** Temporary credentials, wherever they come from: AWS's access key ids begin like this. */
const temporaryKey = /ASIA[A-Z0-9]{12,}/;
/** The prefixes of every secret key and session token of the sandbox. */
const ofAnySession = [secretKeyPrefix, sessionTokenPrefix];

let stack: TestStack;
let workerMetricsPort: number;
beforeAll(async () => {
  workerMetricsPort = await findFreePort();
  // Its own: every history and file of it is searched.
  stack = await TestStack.start({}, { worker: { WORKER_METRICS_PORT: String(workerMetricsPort) } });
});
afterAll(() => stack?.stop());

describe('D11: secrets that only AWS and Muster may know', () => {
  it('the token, the delegated credentials, the external id and Muster’s own keys are in no history, log, answer, table, metric or store', async () => {
    const account = stack.newAccount();
    const token = await spyOnTokens(stack.info.awsEndpointUrl);
    const request = await stack.ask(account);
    await stack.approve(request, account);
    const done = await stack.phase(request.id, 'completed', 'failed');
    const secrets = [await token(), externalIdOf((await stack.role(account, 'MusterHarvesting'))!)];
    const made = await fetch(`${stack.info.apiUrl}/v1/api-keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${stack.info.adminApiKey}`, 'content-type': 'application/json', 'idempotency-key': 'kept' },
      body: JSON.stringify({ name: 'a viewer', role: 'viewer' }),
    });
    const { key } = (await made.json()) as { key: string };
    expect(key).toMatch(/^muster_/);

    const histories = await exportedHistories(stack);
    const runs = await visibleRuns(stack);
    const answers = await apiAnswers(stack, done);
    const metrics = await metricsRead(stack, workerMetricsPort);
    const tables = await databaseDump(stack);
    const files = await filesWritten(stack);
    // The search reads what it claims to read: a payload decoded, an attribute, a sealed value, a kept answer, a log.
    expect(histories.map(({ text }) => text).join()).toContain('"tokenReference":"');
    expect(runs.map(({ text }) => text).join()).toContain(account);
    expect(metrics.map(({ text }) => text).join()).toMatch(/muster_delegation_requests\{[^]*temporal_/);
    expect(tables.find(({ where }) => where === 'table credential_sets')?.text).toContain('\\x');
    expect(tables.find(({ where }) => where === 'table idempotency_keys')?.text).toContain('"seed');
    const paths = files.map(({ where }) => where).join();
    for (const path of ['logs/worker.log', 'logs/api.log', 'temporal/temporal.db', 'postgres/pg_wal', 'postgres/base', 'stack.json']) {
      expect(paths).toContain(path);
    }
    const places = [...histories, ...runs, ...answers, ...metrics, ...tables, ...files];
    expect(findSecrets(places, [...secrets, ...ofAnySession, key], temporaryKey)).toEqual([]);

    // Muster's own: stack.json holds the first admin key and the database's address for the person who started the stack.
    const own = JSON.parse(await readFile(join(stack.home, 'secrets.json'), 'utf8')) as Record<string, string>;
    const ownSecrets = [own['sealingKeys']!.split(':')[1]!, own['adminApiKey']!, own['postgresPassword']!];
    const elsewhere = places.filter(({ where }) => !where.endsWith('stack.json'));
    expect(findSecrets(elsewhere, ownSecrets, temporaryKey)).toEqual([]);

    const tokens = await stack.sql`select count(*)::int as left from notification_inbox where sealed_token is not null`;
    expect(tokens[0]!.left).toBe(0);
  });

  it("O5, O7: an organization's external ids, its access key and every session are in none of them, refused or accepted", async () => {
    const { organizations } = stack;
    // Another partition is reached by access keys, which are in the form.
    const made = await organizations.make({ accounts: 30, partition: 'aws-us-gov', brokenMemberRoles: 2, suspended: 1 });
    const refused = { roleArn: made.organizationRole.roleArn, externalId: 'refused-external-id-of-a-submission' };
    await expect(organizations.add({ ...made, organizationRole: refused })).rejects.toThrow(/422/);
    // C4: a role that refuses Muster.
    const roleArn = `arn:aws:iam::${stack.newAccount()}:role/Harvest`;
    const foreign = {
      nickname: 'Foreign',
      roleArn,
      externalId: 'refused-external-id-of-a-cloud',
      sessionName: 'muster',
      durationSeconds: 900,
    };
    await expect(stack.api.post('/v1/clouds', foreign)).rejects.toThrow(/422/);
    const added = await organizations.import(made);
    // O16, O17: stored beside the clouds, what would be and what is to go.
    const previews = [await stack.api.post<{ id: string }>(`/v1/organizations/${added.id}/preview`, {})];
    const excludeAccountIds = (await organizations.members(made)).slice(0, 6).map(({ Id }) => Id!);
    const edited = await stack.api.patch<OrganizationResource>(`/v1/organizations/${added.id}`, { scope: { excludeAccountIds } });
    const held = await organizations.completed(edited.lastSync.id);
    expect(held.heldRemovals).toEqual({ count: 6, state: 'waiting' });
    await stack.api.post(`/v1/syncs/${held.id}/confirm-removals`, { confirm: true });
    const unseen = await organizations.make({ accounts: 3, partition: 'aws-us-gov' });
    previews.push(await stack.api.post<{ id: string }>('/v1/organizations/preview', formOf(unseen)));
    for (const { id } of previews) await organizations.previewed(id);
    const recheck = await stack.api.post<{ id: string }>(`/v1/organizations/${added.id}/recheck`, {});
    await organizations.completed(recheck.id);
    const secrets = [made, unseen].flatMap(({ accessKey, organizationRole, memberRole }) => [
      accessKey!.secretAccessKey,
      organizationRole.externalId,
      memberRole.externalId,
    ]);
    secrets.push(refused.externalId, foreign.externalId);

    const histories = await exportedHistories(stack);
    const tables = await databaseDump(stack);
    const files = await filesWritten(stack);
    const places = [
      ...histories,
      ...tables,
      ...files,
      ...(await visibleRuns(stack)),
      ...(await organizationAnswers(stack, added)),
      ...(await workAnswers(stack, { syncId: held.id, previewIds: previews.map(({ id }) => id) })),
      ...(await metricsRead(stack, workerMetricsPort)),
    ];
    // The search reads what it claims to read.
    const runs = histories.map(({ where }) => where).join();
    for (const id of [
      'credential-check/',
      `organization/${made.organizationId}`,
      `organization/${unseen.organizationId}`,
      `organization-sync/${added.lastSync.id}`,
      `removal-hold/${held.id}`,
    ]) {
      expect(runs).toContain(id);
    }
    expect(tables.find(({ where }) => where === 'table sync_accounts')?.text).toContain('role_refused');
    expect(tables.find(({ where }) => where === 'table sync_accounts')?.text).toContain('out_of_scope');
    expect(tables.find(({ where }) => where === 'table previews')?.text.split('\n')).toHaveLength(previews.length);
    expect(findSecrets(places, [...secrets, ...ofAnySession], temporaryKey)).toEqual([]);
    const adopted = await stack.sql`select id from credential_sets where role_arn = ${refused.roleArn}`;
    expect(adopted).toHaveLength(1);
  });
});

describe('D5: an organization by delegation', () => {
  it('D11, D12: the token, both external ids and every session are in no history, log, answer, table or store', async () => {
    const { organizations } = stack;
    const made = await organizations.make({ accounts: 6, suspended: 1 });
    const { managementAccountId } = made;
    const client = stack.cloudFormation(managementAccountId);
    await client.send(new ActivateOrganizationsAccessCommand({}));
    client.destroy();
    const token = await spyOnTokens(stack.info.awsEndpointUrl);
    const request = await stack.ask(managementAccountId, { scope: 'organization', roleName: 'DelegatedHarvesting' });
    await stack.approve(request, managementAccountId);
    const done = await stack.phase(request.id, 'completed', 'failed');
    const added = await organizations.get(done.organizationId!);
    await organizations.completed(added.lastSync.id);
    const roles = await Promise.all(
      ['DelegatedHarvesting', `muster-organization-${request.id.slice(-8)}`].map((name) => stack.role(managementAccountId, name)),
    );
    const secrets = [await token(), ...roles.map((role) => externalIdOf(role!))];
    expect(new Set(secrets).size).toBe(3);

    const histories = await exportedHistories(stack);
    const tables = await databaseDump(stack);
    const places = [
      ...histories,
      ...tables,
      ...(await filesWritten(stack)),
      ...(await visibleRuns(stack)),
      ...(await requestAnswers(stack, done)),
      ...(await organizationAnswers(stack, added)),
    ];
    // The search reads what it claims to read.
    const runs = histories.map(({ where }) => where).join();
    for (const id of ['credential-check/', `delegation/${request.id}`, `organization/${made.organizationId}`]) expect(runs).toContain(id);
    expect(histories.map(({ text }) => text).join()).toContain('deployMemberRoles');
    expect(tables.find(({ where }) => where === 'table cloud_organizations')?.text).toContain(`muster-${request.id}`);
    expect(findSecrets(places, [...secrets, ...ofAnySession], temporaryKey)).toEqual([]);
    const tokens = await stack.sql`select count(*)::int as left from notification_inbox where sealed_token is not null`;
    expect(tokens[0]!.left).toBe(0);
  });
});

describe('the search itself', () => {
  // After the searches: what it leaves behind, they would find.
  it('a session that was kept would be found, by its key as by its token', async () => {
    const { temporal, sql } = stack;
    await temporal.workflow.start('nothing', { workflowId: 'forgetful', taskQueue: 'nobody', args: [{ token: sessionToken() }] });
    await sql`update clouds set nickname = ${secretKey()} where id = (select id from clouds limit 1)`;
    const places = await waitFor('visibility to know the run', async () => {
      const histories = await exportedHistories(stack);
      return histories.some(({ where }) => where.endsWith('forgetful')) ? [...histories, ...(await databaseDump(stack))] : null;
    });
    expect(findSecrets(places, ofAnySession, temporaryKey)).toEqual(['history of forgetful', 'table clouds']);
  });

  const secret = 'a-secret-of-some-length/with+signs';
  it.each([
    ['plain', `before ${secret} after`],
    ['hex, as Postgres shows bytes', `\\x00${Buffer.from(secret).toString('hex')}`],
    ...[0, 1, 2, 3].map((offset) => [
      `base64 at offset ${offset}`,
      Buffer.from(`${'x'.repeat(offset)}${secret} and more`).toString('base64'),
    ]),
  ])('finds a secret in %s', (_form, text) => {
    expect(findSecrets([{ where: 'here', text }], [secret], temporaryKey)).toEqual(['here']);
  });

  it('finds temporary credentials, and nothing where nothing is', () => {
    expect(findSecrets([{ where: 'here', text: 'key ASIAABCDEFGHIJKLMNOP' }], [], temporaryKey)).toEqual(['here']);
    expect(findSecrets([{ where: 'here', text: 'all is well' }], [secret], temporaryKey)).toEqual([]);
    expect(formsOf(secret).every((form) => form.length > 20)).toBe(true);
  });
});
