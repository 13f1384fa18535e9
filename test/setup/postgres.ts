import { SHARED_TEST_POSTGRES, startTestPostgres } from '../../dev/postgres/test-postgres.ts';

/** One Postgres server for the whole run; its suites find it by the environment that they inherit. */
export default async function setUp(): Promise<() => Promise<void>> {
  const server = await startTestPostgres();
  process.env[SHARED_TEST_POSTGRES] = server.url;
  return async () => {
    delete process.env[SHARED_TEST_POSTGRES];
    await server.stop();
  };
}
