import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect } from 'amqplib';
import { eventually } from './eventually.js';
import { guardProcesses } from './guard.js';
import { freePort } from './ports.js';

/** A RabbitMQ of our own, on 127.0.0.1, that tests may kill. */
export interface PrivateRabbit {
  /** AMQP URL; the same after a restart. */
  url: string;
  /**
   * Ends the broker as a power cut would (`SIGKILL`), 1.5 s after the call: RabbitMQ 3.10 writes the register of its quorum
   * queues to disk up to a second late, and a queue declared just before would come back without its messages.
   */
  kill(): Promise<void>;
  /** Starts it again on the same port and data, and waits until it answers. */
  start(): Promise<void>;
  /** Freezes it (`SIGSTOP`): connections stay open and nothing is answered. */
  freeze(): void;
  /** Lets a frozen broker go on. */
  thaw(): void;
  /** Ends it for good and deletes its data. */
  stop(): Promise<void>;
}

const START_TIMEOUT_MS = 90_000;
const QUEUE_REGISTER_MS = 1_500;

/** Folders where packages put the server itself; what Debian has in `/usr/sbin` insists on the account `rabbitmq`. */
const USUAL_FOLDERS = [
  '/usr/lib/rabbitmq/bin',
  '/opt/homebrew/opt/rabbitmq/sbin',
  '/usr/local/opt/rabbitmq/sbin',
  '/opt/rabbitmq/sbin',
];

/** Path of an installed `rabbitmq-server`, or undefined. */
export function installedRabbit(): string | undefined {
  const folders = [...USUAL_FOLDERS, ...(process.env.PATH ?? '').split(delimiter)];
  return folders
    .map((folder) => join(folder, 'rabbitmq-server'))
    .find((file) => existsSync(file) && !realpathSync(file).endsWith('rabbitmq-script-wrapper'));
}

/**
 * Starts a RabbitMQ with ports, name, cookie and data of its own; it needs no account and no running service.
 * @throws when `rabbitmq-server` is not installed, or does not answer within 90 s (with the last of what it printed)
 */
export async function startPrivateRabbit(): Promise<PrivateRabbit> {
  const program = installedRabbit();
  if (!program) throw new Error('rabbitmq-server is not installed.');
  const [port, distributionPort, epmdPort] = [await freePort(), await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-rabbitmq-'));
  const env = writeSettings(folder, port, distributionPort, epmdPort);
  // Ours and in the foreground: left to itself, Erlang starts this name server as a daemon that outlives everything.
  const epmd = run('epmd', ['-port', String(epmdPort), '-address', '127.0.0.1'], env);
  const broker = new Broker(`amqp://guest:guest@127.0.0.1:${port}`, () => run(program, [], env));
  const release = guardProcesses([epmd.child.pid ?? 0].filter(Boolean), [folder]);
  const stop = async () => {
    await broker.end('SIGTERM');
    epmd.child.kill('SIGKILL');
    await epmd.ended;
    release();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await broker.start();
  } catch (error) {
    await broker.end('SIGKILL');
    await stop();
    throw error;
  }
  return {
    url: broker.url,
    start: () => broker.start(),
    kill: () => delay(QUEUE_REGISTER_MS).then(() => broker.end('SIGKILL')),
    freeze: () => broker.signal('SIGSTOP'),
    thaw: () => broker.signal('SIGCONT'),
    stop,
  };
}

class Broker {
  private running: Run | undefined;

  constructor(
    readonly url: string,
    private readonly launch: () => Run,
  ) {}

  async start(): Promise<void> {
    if (this.running) throw new Error('This RabbitMQ is already running.');
    const running = this.launch();
    const release = guardProcesses([running.child.pid ?? 0].filter(Boolean));
    this.running = running;
    void running.ended.then(() => {
      release();
      if (this.running === running) this.running = undefined;
    });
    if (!(await answers(this.url, () => this.running === running)))
      throw new Error(`RabbitMQ did not start. It printed:\n${running.printed().slice(-3_000)}`);
  }

  signal(name: NodeJS.Signals): void {
    this.running?.child.kill(name);
  }

  async end(name: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { running } = this;
    this.signal('SIGCONT'); // a frozen process does not hear SIGTERM
    this.signal(name);
    await running?.ended;
  }
}

/**
 * Whether a broker answers at the URL before the time is over.
 * @param stillHoping false ends the wait early
 */
export async function answers(url: string, stillHoping: () => boolean, timeoutMs = START_TIMEOUT_MS): Promise<boolean> {
  const look = async () => {
    if (!stillHoping()) return false;
    const connection = await connect(url, { timeout: 5_000 });
    connection.on('error', () => undefined); // a broker that ends just now
    await connection.close();
    return true;
  };
  return eventually(look, { timeoutMs, intervalMs: 50 }).catch(() => false);
}

interface Run {
  child: ChildProcess;
  ended: Promise<void>;
  printed: () => string;
}

function run(program: string, args: string[], env: NodeJS.ProcessEnv): Run {
  // A group of its own: Ctrl-C in a terminal is for the tests, which then end it.
  const child = spawn(program, args, { env, cwd: env.HOME, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let printed = '';
  const collect = (text: string) => (printed = (printed + text).slice(-20_000));
  child.stdout.setEncoding('utf8').on('data', collect);
  child.stderr.setEncoding('utf8').on('data', collect);
  const ended = new Promise<void>((done) => {
    child.once('exit', () => done());
    child.once('error', (error) => {
      collect(error.message);
      done();
    });
  });
  return { child, ended, printed: () => printed };
}

/** Writes the configuration files and returns the environment that keeps everything inside the folder. */
function writeSettings(folder: string, port: number, distributionPort: number, epmdPort: number): NodeJS.ProcessEnv {
  const at = (...names: string[]) => join(folder, ...names);
  for (const name of ['home', 'data', 'log', 'generated']) mkdirSync(at(name));
  writeFileSync(at('enabled_plugins'), '[].\n');
  writeFileSync(at('env.conf'), '');
  const settings = [
    `listeners.tcp.1 = 127.0.0.1:${port}`,
    'log.console = true',
    'log.file = false',
    'disk_free_limit.absolute = 50MB',
  ];
  writeFileSync(at('rabbitmq.conf'), `${settings.join('\n')}\n`);
  return {
    PATH: process.env.PATH,
    LANG: 'C.UTF-8',
    HOME: at('home'),
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `tidegate${port}@localhost`,
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_CONF_ENV_FILE: at('env.conf'),
    RABBITMQ_CONFIG_FILE: at('rabbitmq.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: at('enabled_plugins'),
    RABBITMQ_MNESIA_BASE: at('data'),
    RABBITMQ_LOG_BASE: at('log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_GENERATED_CONFIG_DIR: at('generated'),
    RABBITMQ_PID_FILE: at('pid'),
    // Without a shell script between us and the broker, so that signals reach the broker itself.
    RABBITMQ_ALLOW_INPUT: 'true',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      '-noinput -kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none',
  };
}
