import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readWorkerSettings } from '../../worker/settings.ts';
import { PROJECT_ROOT } from '../stack/home.ts';

interface Service {
  image?: string;
  command?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  deploy?: { replicas: number };
  ports?: string[];
  healthcheck?: object;
  stop_grace_period?: string;
}

const read = (file: string) => readFileSync(join(PROJECT_ROOT, file), 'utf8');
const text = read('docker-compose.yml');
const { services } = parse(text, { merge: true }) as { services: Record<string, Service> };
const ours = Object.entries(services).filter(([, { image }]) => image?.startsWith('muster:'));

/** Valid values for every setting that an operator must fill in. */
const filledIn: Record<string, string> = {
  MUSTER_DATABASE_PASSWORD: 'p',
  MUSTER_APPLICATION_PASSWORD: 'a',
  TEMPORAL_DATABASE_PASSWORD: 'p',
  MUSTER_SEALING_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
  MUSTER_CALLER_ROLE_ARN: 'arn:aws:iam::909090909090:role/muster-caller',
  MUSTER_NOTIFICATION_TOPIC_ARN: 'arn:aws:sns:us-east-1:909090909090:topic',
  MUSTER_NOTIFICATION_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/909090909090/queue',
  MUSTER_POLICY_TEMPLATE_ARN: 'arn:aws:iam::partner:policy-template/muster.example/account',
  MUSTER_PERMISSIONS_BOUNDARY_ARN: 'arn:aws:iam::partner:policy/permission_boundary/muster.example/boundary',
  MUSTER_ORGANIZATION_POLICY_TEMPLATE_ARN: 'arn:aws:iam::partner:policy-template/muster.example/organization',
  MUSTER_ORGANIZATION_PERMISSIONS_BOUNDARY_ARN: 'arn:aws:iam::partner:policy/permission_boundary/muster.example/organization-boundary',
};

/** Fills in a value as Compose does: `${NAME:?word}` is required, `${NAME:-default}` is optional. */
const fillIn = (value: string) =>
  value.replaceAll(/\$\{(\w+):([?-])([^}]*)\}/g, (_all, name: string, kind: string, word: string) =>
    kind === '?' ? filledIn[name]! : word,
  );

describe('docker-compose.yml', () => {
  it('D11: holds neither a secret nor a default for one, and .env.example lists every required setting', () => {
    const required = new Set([...text.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name!));
    expect([...required].toSorted()).toEqual(Object.keys(filledIn).toSorted());
    const example = read('.env.example');
    for (const name of required) expect(example).toMatch(new RegExp(`^${name}=$`, 'm'));
    for (const { environment } of Object.values(services)) {
      for (const [name, value] of Object.entries(environment ?? {})) {
        if (/PASSWORD|PWD|KEY|SECRET|TOKEN|_URL$/.test(name))
          expect(`${name} ${value}`).toMatch(/ (\$\{\w+:(\?[^}]+|-)\}|postgres:\/\/muster(_app)?:\$\{\w+:\?)/);
      }
    }
  });

  it('only the migration has the password of the owner of the tables', () => {
    const holders = ours.filter(([, { environment }]) => JSON.stringify(environment).includes('MUSTER_DATABASE_PASSWORD'));
    expect(holders.map(([name]) => name)).toEqual(['migrate']);
    const { DATABASE_URL, MIGRATE_DATABASE_URL } = services['migrate']!.environment!;
    expect([DATABASE_URL, MIGRATE_DATABASE_URL].map((url) => new URL(fillIn(url!)).username)).toEqual(['muster_app', 'muster']);
    for (const name of ['api', 'worker'])
      expect(new URL(fillIn(services[name]!.environment!['DATABASE_URL']!)).username).toBe('muster_app');
  });

  it('gives the worker the settings that it needs, and names programs that exist', () => {
    const environment = Object.fromEntries(Object.entries(services['worker']!.environment!).map(([name, value]) => [name, fillIn(value)]));
    expect(readWorkerSettings(environment)).toMatchObject({ TEMPORAL_NAMESPACE: 'muster', HOST: '0.0.0.0', WORKER_PORT: 8080 });
    const programs = ours.map(([, { command }]) => command?.[0] ?? 'dist/api/main.js');
    expect(programs).toHaveLength(4);
    for (const program of programs) {
      const source = program.replace(/^dist\//, '').replace(/\.js$/, '.ts');
      expect(existsSync(join(PROJECT_ROOT, source)), source).toBe(true);
    }
  });

  it('S7: API and two workers start after database and Temporal are prepared, and have health checks', () => {
    for (const name of ['api', 'worker']) {
      expect(services[name]!.depends_on).toEqual({
        migrate: { condition: 'service_completed_successfully' },
        'temporal-setup': { condition: 'service_completed_successfully' },
      });
    }
    expect(services['worker']!.deploy).toEqual({ replicas: 2 });
    for (const name of ['postgres', 'temporal-postgres', 'temporal', 'api', 'worker'])
      expect(services[name], name).toHaveProperty('healthcheck');
    // A stopping worker gives its activities 10 seconds, a stopping API gives its calls 8.
    for (const name of ['api', 'worker']) expect(Number.parseInt(services[name]!.stop_grace_period!, 10)).toBeGreaterThan(10);
  });

  it('other machines reach nothing: neither the databases, nor a UI without passwords, nor plain HTTP', () => {
    const ports = Object.values(services).flatMap((service) => service.ports ?? []);
    expect(ports).toHaveLength(2);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const name of ['postgres', 'temporal-postgres', 'temporal']) expect(services[name]).not.toHaveProperty('ports');
  });

  it.skipIf(!isComposeThere())(
    'Docker Compose accepts it (skipped without Docker Compose)',
    () => {
      const config = (env: NodeJS.ProcessEnv) =>
        execFileSync('docker', ['compose', '-f', 'docker-compose.yml', 'config', '--quiet'], {
          cwd: PROJECT_ROOT,
          env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
          stdio: 'pipe',
        });
      expect(() => config(filledIn)).not.toThrow();
      expect(() => config({ ...filledIn, MUSTER_SEALING_KEYS: '' })).toThrow('MUSTER_SEALING_KEYS');
    },
    60_000,
  );
});

describe('the image', () => {
  const dockerfile = read('Dockerfile');
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));

  it('runs as an ordinary user, in production, without development dependencies', () => {
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/NODE_ENV=production/);
    expect(dockerfile).toMatch(/^RUN npm ci --omit=dev/m);
    expect(last).not.toMatch(/COPY \. /);
  });

  it('D11: cannot contain a secret of this machine', () => {
    const ignored = read('.dockerignore').split('\n');
    for (const path of ['.git', '.muster', '.env*', 'node_modules']) expect(ignored).toContain(path);
  });
});

function isComposeThere(): boolean {
  try {
    execFileSync('docker', ['compose', 'version'], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}
