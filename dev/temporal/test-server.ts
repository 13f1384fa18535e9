import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeOnce, type Say } from './cache.ts';
import { findByVariable, findOnPath, runProgram } from './programs.ts';
import { downloadBySdk } from './sdk-download.ts';

const TEST_SERVER_VERSION = '1.38.0';
const PROGRAM = 'temporal-test-server';

const HELP = `Temporal's time-skipping test server is not on this machine, and its download failed.
Install Java (17 or later) and Maven, both on PATH, or set TEMPORAL_TEST_SERVER_PATH to the path of the server.`;

const POM = `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>muster</groupId>
  <artifactId>temporal-test-server</artifactId>
  <version>1</version>
  <dependencies>
    <dependency><groupId>io.temporal</groupId><artifactId>temporal-test-server</artifactId><version>${TEST_SERVER_VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-nop</artifactId><version>2.0.17</version></dependency>
  </dependencies>
</project>
`;

/** Tests need a quick start rather than throughput: the simple compiler and collector. */
const WRAPPER = `#!/bin/sh
exec java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp "$(dirname "$0")/jars/*" io.temporal.testserver.TestServer "$@"
`;

async function assemble(folder: string, say: Say): Promise<void> {
  const maven = await findOnPath('mvn');
  if (maven === undefined || (await findOnPath('java')) === undefined) throw new Error(HELP);
  say("fetching Temporal's time-skipping test server with Maven, once on this machine");
  await writeFile(join(folder, 'pom.xml'), POM);
  await runProgram(
    maven,
    ['-B', '-q', 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${join(folder, 'jars')}`],
    { cwd: folder },
  );
  await writeFile(join(folder, PROGRAM), WRAPPER);
  await chmod(join(folder, PROGRAM), 0o755);
}

/**
 * Returns the path of Temporal's time-skipping test server. Tries in this order: `TEMPORAL_TEST_SERVER_PATH`, our cache, the
 * SDK's download, the official jar with Maven and Java. Throws with the next step if all fail.
 */
export async function findTestServer(say: Say = console.error): Promise<string> {
  const named = await findByVariable('TEMPORAL_TEST_SERVER_PATH');
  if (named !== undefined) return named;
  return makeOnce(`temporal-test-server-${TEST_SERVER_VERSION}`, PROGRAM, say, async (folder) => {
    await downloadBySdk('test-server', folder, PROGRAM).catch(() => assemble(folder, say));
  });
}
