import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { findFreePort, LOOPBACK } from '../process/ports.ts';
import { checkPorts, freePorts, portsFromEnvironment } from './ports.ts';

test('S1: the default ports are the documented ones', () => {
  expect(portsFromEnvironment({})).toEqual({ api: 8080, temporal: 7233, temporalUi: 8233, sandbox: 4566, postgres: 5433 });
  expect(portsFromEnvironment({ PORT: '9000', POSTGRES_PORT: '' })).toMatchObject({ api: 9000, postgres: 5433 });
});

test.each(['0', '65536', 'http', '80.5'])('%s is not a port, and the error names the variable', (text) => {
  expect(() => portsFromEnvironment({ SANDBOX_PORT: text })).toThrow(`SANDBOX_PORT is ${text}`);
});

test('S1: a taken port is an error that names the variable to set', async () => {
  const ports = await freePorts();
  await expect(checkPorts(ports)).resolves.toBeUndefined();
  const squatter = createServer();
  await new Promise<void>((resolve) => void squatter.listen(ports.temporalUi, LOOPBACK, resolve));
  try {
    await expect(checkPorts(ports)).rejects.toThrow(`port ${ports.temporalUi} on 127.0.0.1 is taken: set TEMPORAL_UI_PORT`);
  } finally {
    await new Promise((resolve) => void squatter.close(resolve));
  }
});

test('a free port is outside the range of outgoing connections, and is never returned twice', async () => {
  const found = await Promise.all(Array.from({ length: 50 }, () => findFreePort()));
  expect(new Set(found).size).toBe(50);
  for (const port of found) {
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThan(32_000);
  }
});

test('two programs on one port are found before either starts', async () => {
  const ports = await freePorts();
  await expect(checkPorts({ ...ports, sandbox: ports.api })).rejects.toThrow(`SANDBOX_PORT and PORT are both ${ports.api}`);
});
