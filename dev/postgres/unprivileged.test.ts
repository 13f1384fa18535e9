import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { unprivileged } from './unprivileged.ts';

const run = promisify(execFile);

/** Calls access(2) as initdb does before it starts `postgres`. */
const LOOK = "require('fs').accessSync(process.argv[1], 1); console.log(process.getuid())";

test('S1: as root, a project in a closed folder such as /root finds its Postgres, and never runs it as root', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'muster-closed-'));
  try {
    const program = join(folder, 'program');
    await writeFile(program, '', { mode: 0o755 });
    const { command, args } = unprivileged(process.execPath, ['-e', LOOK, program]);
    const { stdout } = await run(command, args);
    expect(Number(stdout)).not.toBe(0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
