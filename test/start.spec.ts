import {
  amqpTests,
  eventually,
  freePort,
  freshDatabase,
  localhostCertificate,
  startProcess,
  type TestBroker,
  testBroker,
  type TestDatabase,
} from '@tidegate/testing';
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { send } from './http.js';
import { API_KEY, type Env } from './system.js';

/** The warning of the OAuth library on Node versions that it no longer supports. */
const RUNTIME_WARNING = 'oidc-provider WARNING: Unsupported runtime.';
const isOldNode = Number(process.versions.node.split('.')[0]) < 22;
const main = (app: string) => `dist/apps/${app}/src/main.js`;

/** Runs a program that fails to start, until it ends. */
function run(
  app: string,
  env: Env,
  args: string[] = [],
  user: object = {},
): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const { PATH = '' } = process.env;
  const options = { ...user, env: { PATH, TIDEGATE_API_KEY: API_KEY, ...env } };
  return new Promise((ended) => {
    execFile(process.execPath, [main(app), ...args], options, (error, stdout, stderr) =>
      ended({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr }),
    );
  });
}

describe('a failed start prints its reason in one sentence and exits with 1', () => {
  let database: TestDatabase;
  let busy: Server;
  let busyPort: number;
  let closedPort: number;

  beforeAll(async () => {
    database = await freshDatabase();
    busyPort = await freePort();
    closedPort = await freePort();
    busy = createServer((socket) => socket.once('data', () => socket.end())).listen(busyPort, '0.0.0.0');
  });

  afterAll(async () => {
    busy.close();
    await database.drop();
  });

  /** Faults by name: the settings that cause them, and the sentence. */
  const FAULTS: Record<string, [env: (app: string) => Env, sentence: RegExp]> = {
    'a busy port': [
      (app) => ({ [ownsGateway(app) ? 'PORT' : 'OPS_PORT']: String(busyPort) }),
      /^\S+: Port \d+ is in use\. .+\.$/,
    ],
    'an unreachable database server': [
      () => ({ DATABASE_URL: `postgres://user:hunter2@127.0.0.1:${closedPort}/tidegate` }),
      /^\S+: PostgreSQL at 127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)\. Check that it is running\.$/,
    ],
    'an unknown database': [
      () => ({ DATABASE_URL: database.url.replace(/[^/]+$/, 'no_such_database') }),
      /^\S+: The database "no_such_database" does not exist on PostgreSQL at .+\.$/,
    ],
    'a server that is not PostgreSQL': [
      () => ({ DATABASE_URL: `postgres://127.0.0.1:${busyPort}/tidegate` }),
      /^\S+: PostgreSQL at 127\.0\.0\.1:\d+ closed the connection immediately\. .+\.$/,
    ],
    'a URL with another protocol': [
      () => ({ DATABASE_URL: 'mysql://user:hunter2@127.0.0.1/tidegate' }),
      /^\S+: .+:\n {2}DATABASE_URL must be a URL that starts with postgres:\/\/ or postgresql:\/\/; .+$/,
    ],
    'a misspelt variable': [
      () => ({ TIDEGATE_API_KY: 'hunter2', DATABASE_POOL: 'x' }),
      /^\S+: .+:\n {2}TIDEGATE_API_KY is not a setting\. The nearest name is TIDEGATE_API_KEY\.\n {2}DATABASE_POOL .+$/,
    ],
  };

  /** Expects exactly the sentence on standard error, without a stack. */
  async function refuses(app: string, env: Env, sentence: RegExp, user: object = {}): Promise<void> {
    const settings = { LOG_LEVEL: 'warn', DATABASE_URL: database.url, ...env };
    const { code, stdout, stderr } = await run(app, settings, [], user);
    const lines = stderr.trim().split('\n');
    const warnings = lines.filter((line) => line.startsWith(RUNTIME_WARNING));
    const message = lines.filter((line) => !line.startsWith(RUNTIME_WARNING)).join('\n');
    expect({ code, stdout, message }).toEqual({ code: 1, stdout: '', message: expect.stringMatching(sentence) });
    expect(warnings).toHaveLength(ownsGateway(app) && isOldNode ? 1 : 0);
    expect(stderr).not.toContain('hunter2');
  }

  const ownsGateway = (app: string) => app === 'standalone' || app === 'gateway';

  /** A user other than the owner of the files, when root runs the tests and that user can read the build. */
  const nobody = { uid: 65_534, gid: 65_534 };
  const canBeNobody =
    process.getuid?.() === 0 &&
    spawnSync(process.execPath, ['-e', `require('fs').readFileSync('${main('standalone')}')`], nobody).status === 0;

  describe('the data folder', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tidegate-folder-'));
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    const refusesFolder = (path: string, reason: string, user: object = {}) =>
      refuses(
        'standalone',
        { PORT: '0', DATABASE_URL: '', TIDEGATE_DATA_DIR: path },
        new RegExp(`^tidegate: ${reason}$`),
        user,
      );

    it('that is a file', async () => {
      writeFileSync(join(folder, 'file'), '');
      await refusesFolder(join(folder, 'file'), 'The data folder \\S+ is a file or below a file, not a folder\\.');
    });

    (canBeNobody ? it : it.skip)('that is not writable, or belongs to another user', async () => {
      chmodSync(folder, 0o755);
      await refusesFolder(join(folder, 'new'), 'The data folder \\S+ is not writable for this user\\.', nobody);
      const others = join(folder, 'others', 'postgres');
      mkdirSync(others, { recursive: true });
      writeFileSync(join(others, 'password'), 'x', { mode: 0o600 });
      await refusesFolder(join(folder, 'others'), 'The data in \\S+ belongs to another user\\.', nobody);
    });
  });

  function refusesFaults(app: string, amqp: () => Env, faults = Object.keys(FAULTS)): void {
    it.each(faults.map((name) => [name, ...FAULTS[name]!] as const))('%s', (_, env, sentence) =>
      refuses(app, { ...amqp(), [ownsGateway(app) ? 'PORT' : 'OPS_PORT']: '0', ...env(app) }, sentence),
    );

    it('an unreachable broker', async () => {
      const AMQP_URL = `amqp://user:hunter2@127.0.0.1:${closedPort}`;
      const message =
        'RabbitMQ at 127\\.0\\.0\\.1:\\d+ cannot be reached \\(ECONNREFUSED\\)\\. Check that it is running\\.';
      const name = app === 'standalone' ? 'tidegate' : app;
      await refuses(app, { PORT: '0', OPS_PORT: '0', AMQP_URL }, new RegExp(`^${name}: ${message}$`));
    });
  }

  it('a broker with an untrusted certificate', async () => {
    const broker = createTlsServer(localhostCertificate()).listen(0, '127.0.0.1');
    broker.on('tlsClientError', () => undefined);
    await once(broker, 'listening');
    const { port } = broker.address() as AddressInfo;
    const AMQP_URL = `amqps://user:hunter2@localhost:${port}`;
    const message = 'The TLS certificate of RabbitMQ at localhost:\\d+ is not trusted \\([A-Z_]+\\)\\. .+';
    await refuses('identity', { OPS_PORT: '0', AMQP_URL }, new RegExp(`^identity: ${message}$`));
    broker.close();
  });

  describe('standalone', () => {
    refusesFaults('standalone', () => ({}));

    it('an unknown argument', async () => {
      const { code, stdout, stderr } = await run('standalone', {}, ['--prot', '8080']);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/^tidegate: --prot is not an argument\. The nearest one is --port\.$/m);
    });

    it('the port of --port instead of PORT', async () => {
      const { code, stderr } = await run('standalone', { PORT: '0' }, ['--port', String(busyPort)]);
      expect([code, stderr]).toEqual([1, expect.stringContaining(`Port ${busyPort} is in use.`)]);
    });
  });

  // A service opens its queues before its port, so the queues need a prefix that no running system uses.
  amqpTests('a service', () => {
    let broker: TestBroker;
    beforeAll(async () => void (broker = await testBroker()));
    afterAll(() => broker?.drop());

    // All services share the code that explains server errors, so only the gateway is tested with all faults.
    describe.each([
      ['gateway', Object.keys(FAULTS)],
      ['identity', ['a busy port', 'an unknown database', 'a misspelt variable']],
      ['access-flow', ['a busy port', 'an unknown database', 'a misspelt variable']],
    ])('%s', (app, faults) => refusesFaults(app, () => ({ AMQP_URL: broker.url, AMQP_PREFIX: broker.prefix }), faults));
  });
});

it.each([
  ['--help', /^Usage: npm start -- \[--port NUMBER\]\n[^]+--version[^]+\n$/],
  ['--version', /^\d+\.\d+\.\d+\n$/],
])('npm start -- %s prints its answer and starts nothing', async (argument, text) => {
  const { code, stdout } = await run('standalone', {}, [argument]);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(text) });
});

describe('standalone on its own PostgreSQL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-start-'));
  // When root starts it, PostgreSQL runs as another user, which must reach its data.
  chmodSync(folder, 0o711);
  afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));

  async function start(port: number, more: Env = {}) {
    const env = { TIDEGATE_DATA_DIR: join(folder, 'data'), PORT: String(port), ...more };
    const tidegate = await startProcess('standalone', main('standalone'), env, { line: /^Tidegate is running at /m });
    const postgres = Number(
      readFileSync(join(folder, 'data', 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0],
    );
    return { tidegate, postgres };
  }

  const runs = (pid: number) => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };

  const keyIn = (logs: string) => /^API key \(shown only now\): (\S+)$/m.exec(logs)?.[1] ?? '';

  it('keeps its data after Ctrl-C, prints an API key until one is used and no logs, and leaves no PostgreSQL running', async () => {
    const port = await freePort();
    const integrations = `http://127.0.0.1:${port}/api/v1/integrations`;
    const unused = await start(port, { LISTEN_ADDRESS: '::1' });
    expect(unused.tidegate.logs).toContain(`Tidegate is running at http://[::1]:${port} on `);
    expect((await fetch(`http://[::1]:${port}/livez`)).status).toBe(200);
    await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow('fetch failed');
    await unused.tidegate.kill('SIGINT');
    const lost = keyIn(unused.tidegate.logs);
    const first = await start(port);
    const key = keyIn(first.tidegate.logs);
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const settings = JSON.stringify({ type: 'okta-scim', name: 'Acme', domain: 'acme.okta.com' });
    expect(await send('POST', integrations, headers, settings)).toMatchObject({ status: 201 });
    expect(runs(first.postgres)).toBe(true);
    const other = await run('standalone', { TIDEGATE_DATA_DIR: join(folder, 'data'), PORT: '0' });
    expect([other.code, other.stdout]).toEqual([1, '']);
    expect(other.stderr).toMatch(/^tidegate: Another process is running on the data in \S+\.$/m);
    await first.tidegate.kill('SIGINT');
    expect(await first.tidegate.exited).toEqual({ code: 0, signal: null });
    await eventually(() => expect(runs(first.postgres)).toBe(false));
    // Without errors, the output has only sentences for people and no logs.
    expect(first.tidegate.logs).not.toMatch(/^\{/m);

    const opsPort = await freePort();
    const second = await start(port, { OPS_PORT: String(opsPort), PUBLIC_URL: 'https://tide.example.com' });
    expect(second.tidegate.logs).toMatch(/^Tidegate is running at https:\/\/tide\.example\.com on /m);
    expect(second.tidegate.logs).not.toContain('API key');
    const found = await send('GET', integrations, { authorization: `Bearer ${key}` });
    expect(found).toMatchObject({ status: 200, body: { items: [{ name: 'Acme' }] } });
    expect(await send('GET', integrations, { authorization: `Bearer ${lost}` })).toMatchObject({ status: 401 });
    const metrics = [port, opsPort].map((from) => fetch(`http://127.0.0.1:${from}/metrics`));
    expect((await Promise.all(metrics)).map(({ status }) => status)).toEqual([404, 200]);
    await second.tidegate.kill('SIGINT');
    expect(await second.tidegate.exited).toEqual({ code: 0, signal: null });
    await eventually(() => expect(runs(second.postgres)).toBe(false));
  });
});
