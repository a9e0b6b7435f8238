import {
  emptyDatabase,
  freePort,
  freshDatabase,
  startProcess,
  testBroker,
  type TestDatabase,
  type TestProcess,
} from '@tidegate/testing';

export type App = 'gateway' | 'identity' | 'access-flow';
export type Env = Record<string, string>;

/** A running Tidegate, in one or several processes. */
export interface Tidegate {
  /** Without a trailing slash. */
  baseUrl: string;
  /** As the owner of the database. */
  databaseUrl: string;
  stop(): Promise<void>;
}

/** A process of the system. */
export interface Part {
  app: App;
  process: TestProcess;
  /** The URL of its health and metrics; not the public port of the gateway. */
  opsUrl: string;
}

export interface SystemOptions {
  identities?: number;
  accessFlows?: number;
  /** The RabbitMQ of the processes; `urlOf` returns the URL with the user of each. Systems that share one need different prefixes. */
  broker: { url: string; prefix?: string; urlOf?: (app: App) => string };
  /** Whether each service runs with the URL of its own role, after its migration, instead of the owner's. */
  ownRoles?: boolean;
  env?: Env;
  /** Creates its database; default a migrated one. */
  database?: () => Promise<TestDatabase>;
}

export const API_KEY = 'Wm3tKx9Rb6Uq1Zf8Hy4Nc7Ds2Gv5JpLo';

/** Deadlines that are long enough for a busy machine. */
export const PATIENT: Env = { SCIM_WRITE_SECONDS: '55', SCIM_READ_SECONDS: '55', API_SECONDS: '55' };

/** The smallest allowed pools, because several systems share one Postgres. */
const POOLS: Record<App, string> = { gateway: '6', identity: '8', 'access-flow': '10' };

/** Gateway, identity and access-flow as separate processes, with their own database and RabbitMQ. */
export class System implements Tidegate {
  readonly parts: Part[] = [];

  private constructor(
    readonly database: TestDatabase,
    private readonly broker: SystemOptions['broker'],
    private readonly env: Env,
    private readonly port: number,
    private readonly ownRoles: boolean,
  ) {}

  /** Starts all processes at the same time, like an orchestrator, and waits until they are ready. */
  static async start({
    identities = 1,
    accessFlows = 1,
    broker,
    ownRoles = false,
    env = {},
    database = ownRoles ? emptyDatabase : freshDatabase,
  }: SystemOptions): Promise<System> {
    const system = new System(await database(), broker, env, await freePort(), ownRoles);
    if (ownRoles) await system.migrate();
    const apps: App[] = [
      'gateway',
      ...Array<App>(identities).fill('identity'),
      ...Array<App>(accessFlows).fill('access-flow'),
    ];
    const starts = await Promise.allSettled(apps.map((app) => system.run(app)));
    const failed = starts.find((start) => start.status === 'rejected');
    if (failed) {
      await system.stop().catch(() => undefined);
      throw failed.reason;
    }
    return system;
  }

  get baseUrl(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get databaseUrl(): string {
    return this.database.url;
  }

  /** The output of all processes. */
  get logs(): string {
    return this.parts.map(({ process }) => process.logs).join('\n');
  }

  /** Starts another process and waits until it is ready. @param env settings of only this process */
  async run(app: App, env: Env = {}): Promise<TestProcess> {
    const opsPort = await freePort();
    const settings = {
      DATABASE_URL: this.ownRoles ? this.roleUrl(app) : this.database.url,
      DATABASE_POOL: POOLS[app],
      AMQP_URL: this.broker.urlOf?.(app) ?? this.broker.url,
      AMQP_PREFIX: this.broker.prefix ?? '',
      OPS_PORT: String(opsPort),
      ...(app === 'gateway' ? this.gatewaySettings() : {}),
      ...this.env,
      ...env,
    };
    const opsUrl = `http://127.0.0.1:${opsPort}`;
    const process = await startProcess(app, `dist/apps/${app}/src/main.js`, settings, { url: `${opsUrl}/readyz` });
    this.parts.push({ app, process, opsUrl });
    return process;
  }

  private gatewaySettings(): Env {
    return { PORT: String(this.port), TIDEGATE_API_KEY: API_KEY, PUBLIC_URL: this.baseUrl, ...PATIENT };
  }

  private async migrate(): Promise<void> {
    for (const app of ['gateway', 'identity', 'access-flow'] as const) {
      const urls = { MIGRATION_DATABASE_URL: this.database.url, DATABASE_URL: this.roleUrl(app) };
      const migration = await startProcess(`${app} migration`, `dist/apps/${app}/src/migrate.js`, urls);
      const { code } = await migration.exited;
      if (code !== 0) throw new Error(`The migration of ${app} ended with ${code}:\n${migration.logs}`);
    }
  }

  private roleUrl(app: App): string {
    const url = new URL(this.database.url);
    url.username = `${url.pathname.slice(1)}_${app.replace('-', '_')}`;
    url.password = `secret-of-${app}`;
    return url.href;
  }

  /** The running processes of one app. */
  running(app: App): TestProcess[] {
    return this.parts.filter((part) => part.app === app && part.process.running).map((part) => part.process);
  }

  /** Stops running processes, the gateway first, and drops the database. @throws Error when one ends with an error */
  async stop(): Promise<void> {
    const faults: string[] = [];
    for (const app of ['gateway', 'access-flow', 'identity'] as const) {
      for (const each of this.running(app)) {
        await each.kill('SIGTERM');
        const { code, signal } = await each.exited;
        if (code !== 0) faults.push(`${app} ended with ${code ?? signal}:\n${each.logs.slice(-2_000)}`);
      }
    }
    await this.database.drop();
    if (faults.length > 0) throw new Error(faults.join('\n'));
  }
}

/** A System with its own queues on the tests' RabbitMQ, which are deleted with it. */
export async function startSystem(options: Omit<SystemOptions, 'broker'> = {}): Promise<System> {
  const broker = await testBroker();
  try {
    const system = await System.start({ ...options, broker });
    const stop = system.stop.bind(system);
    system.stop = () => stop().finally(() => broker.drop());
    return system;
  } catch (error) {
    await broker.drop();
    throw error;
  }
}
