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
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { send } from './http.js';
import { API_KEY, type Env } from './system.js';

/** What the OAuth library prints where it is loaded by a Node that its makers no longer support. */
const RUNTIME_WARNING = 'oidc-provider WARNING: Unsupported runtime.';
const isOldNode = Number(process.versions.node.split('.')[0]) < 22;
const main = (app: string) => `dist/apps/${app}/src/main.js`;

/** Runs a program to its end, which is near when it cannot start. */
function run(app: string, env: Env): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const { PATH = '' } = process.env;
  const options = { env: { PATH, TIDEGATE_API_KEY: API_KEY, ...env } };
  return new Promise((ended) => {
    execFile(process.execPath, [main(app)], options, (error, stdout, stderr) =>
      ended({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr }),
    );
  });
}

describe('a start that cannot succeed says why in one sentence and exits with 1', () => {
  let database: TestDatabase;
  let busy: Server;
  let busyPort: number;
  let nobodyListens: number;

  beforeAll(async () => {
    database = await freshDatabase();
    busyPort = await freePort();
    nobodyListens = await freePort();
    busy = createServer((socket) => socket.once('data', () => socket.end())).listen(busyPort, '0.0.0.0');
  });

  afterAll(async () => {
    busy.close();
    await database.drop();
  });

  /** What is wrong → the settings that make it so, and the sentence. */
  const FAULTS: Record<string, [env: (app: string) => Env, sentence: RegExp]> = {
    'a busy port': [
      (app) => ({ [ownsGateway(app) ? 'PORT' : 'OPS_PORT']: String(busyPort) }),
      /^\S+: Port \d+ is in use: .+\.$/,
    ],
    'a database server that is not there': [
      () => ({ DATABASE_URL: `postgres://somebody:hidden@127.0.0.1:${nobodyListens}/tidegate` }),
      /^\S+: PostgreSQL at 127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\): is it running\?$/,
    ],
    'a database that is not there': [
      () => ({ DATABASE_URL: database.url.replace(/[^/]+$/, 'no_such_database') }),
      /^\S+: The database "no_such_database" does not exist on PostgreSQL at .+\.$/,
    ],
    'a server that is no database': [
      () => ({ DATABASE_URL: `postgres://127.0.0.1:${busyPort}/tidegate` }),
      /^\S+: PostgreSQL at 127\.0\.0\.1:\d+ closed the connection at once: .+\?$/,
    ],
    'a URL of another kind': [
      () => ({ DATABASE_URL: 'mysql://somebody:hidden@127.0.0.1/tidegate' }),
      /^\S+: .+:\n {2}DATABASE_URL must be a URL that starts with postgres:\/\/ or postgresql:\/\/; .+$/,
    ],
  };

  /** Where the sentence ends the text ends: no stack, no second word. */
  async function refuses(app: string, env: Env, sentence: RegExp): Promise<void> {
    const settings = { LOG_LEVEL: 'warn', DATABASE_URL: database.url, ...env };
    const { code, stdout, stderr } = await run(app, settings);
    const lines = stderr.trim().split('\n');
    const warnings = lines.filter((line) => line.startsWith(RUNTIME_WARNING));
    const told = lines.filter((line) => !line.startsWith(RUNTIME_WARNING)).join('\n');
    expect({ code, stdout, told }).toEqual({ code: 1, stdout: '', told: expect.stringMatching(sentence) });
    expect(warnings).toHaveLength(ownsGateway(app) && isOldNode ? 1 : 0);
    expect(stderr).not.toContain('hidden');
  }

  const ownsGateway = (app: string) => app === 'standalone' || app === 'gateway';

  function refusesFaults(app: string, amqp: () => Env, faults = Object.keys(FAULTS)): void {
    it.each(faults.map((name) => [name, ...FAULTS[name]!] as const))('%s', (_, env, sentence) =>
      refuses(app, { ...amqp(), [ownsGateway(app) ? 'PORT' : 'OPS_PORT']: '0', ...env(app) }, sentence),
    );

    it('a broker that is not there', async () => {
      const AMQP_URL = `amqp://somebody:hidden@127.0.0.1:${nobodyListens}`;
      const told = 'RabbitMQ at 127\\.0\\.0\\.1:\\d+ cannot be reached \\(ECONNREFUSED\\): is it running\\?';
      const who = app === 'standalone' ? 'tidegate' : app;
      await refuses(app, { PORT: '0', OPS_PORT: '0', AMQP_URL }, new RegExp(`^${who}: ${told}$`));
    });
  }

  it('a broker whose certificate no trusted authority signed', async () => {
    const broker = createTlsServer(localhostCertificate()).listen(0, '127.0.0.1');
    broker.on('tlsClientError', () => undefined);
    await once(broker, 'listening');
    const { port } = broker.address() as AddressInfo;
    const AMQP_URL = `amqps://somebody:hidden@localhost:${port}`;
    const told = 'The TLS certificate of RabbitMQ at localhost:\\d+ is not trusted \\([A-Z_]+\\): .+';
    await refuses('identity', { OPS_PORT: '0', AMQP_URL }, new RegExp(`^identity: ${told}$`));
    broker.close();
  });

  describe('standalone', () => refusesFaults('standalone', () => ({})));

  // A service takes up its queues before its port: it must not meet those of a system that is at work.
  amqpTests('a service', () => {
    let broker: TestBroker;
    beforeAll(async () => void (broker = await testBroker()));
    afterAll(() => broker?.drop());

    // How a server answers is read in one place for all of them: the gateway stands for the others there.
    describe.each([
      ['gateway', Object.keys(FAULTS)],
      ['identity', ['a busy port', 'a database that is not there']],
      ['access-flow', ['a busy port', 'a database that is not there']],
    ])('%s', (app, faults) => refusesFaults(app, () => ({ AMQP_URL: broker.url, AMQP_PREFIX: broker.prefix }), faults));
  });
});

describe('standalone on its own PostgreSQL', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-start-'));
  // Started by root, PostgreSQL runs under another account, which must get through to its data.
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

  it('goes on with its data after Ctrl-C, tells its API key once and no log, and leaves no PostgreSQL running', async () => {
    const port = await freePort();
    const integrations = `http://127.0.0.1:${port}/api/v1/integrations`;
    const first = await start(port);
    const key = /^API key \(shown only now\): (\S+)$/m.exec(first.tidegate.logs)?.[1] ?? '';
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const settings = JSON.stringify({ type: 'okta-scim', name: 'Acme', domain: 'acme.okta.com' });
    expect(await send('POST', integrations, headers, settings)).toMatchObject({ status: 201 });
    expect(runs(first.postgres)).toBe(true);
    await first.tidegate.kill('SIGINT');
    expect(await first.tidegate.exited).toEqual({ code: 0, signal: null });
    await eventually(() => expect(runs(first.postgres)).toBe(false));
    // Where nothing went wrong, there are sentences for people and no log.
    expect(first.tidegate.logs).not.toMatch(/^\{/m);

    const opsPort = await freePort();
    const second = await start(port, { OPS_PORT: String(opsPort) });
    expect(second.tidegate.logs).not.toContain('API key');
    const found = await send('GET', integrations, { authorization: `Bearer ${key}` });
    expect(found).toMatchObject({ status: 200, body: { items: [{ name: 'Acme' }] } });
    const metrics = [port, opsPort].map((from) => fetch(`http://127.0.0.1:${from}/metrics`));
    expect((await Promise.all(metrics)).map(({ status }) => status)).toEqual([404, 200]);
    await second.tidegate.kill('SIGINT');
    expect(await second.tidegate.exited).toEqual({ code: 0, signal: null });
    await eventually(() => expect(runs(second.postgres)).toBe(false));
  });
});
