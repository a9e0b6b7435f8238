import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { brokerAnswers } from './broker-answers.js';
import { guardProcesses } from './guard.js';
import { freePort } from './ports.js';
import { importWith, type PrivateRabbit, QUEUE_REGISTER_MS } from './private-rabbit.js';

/** Folders of the server program in packages; Debian's wrapper in `/usr/sbin` requires the account `rabbitmq`. */
const USUAL_FOLDERS = [
  '/usr/lib/rabbitmq/bin',
  '/opt/homebrew/opt/rabbitmq/sbin',
  '/usr/local/opt/rabbitmq/sbin',
  '/opt/rabbitmq/sbin',
];

/** @returns the path of an installed `rabbitmq-server`, or undefined */
export function installedRabbit(): string | undefined {
  const folders = [...USUAL_FOLDERS, ...(process.env.PATH ?? '').split(delimiter)];
  return folders
    .map((folder) => join(folder, 'rabbitmq-server'))
    .find((file) => existsSync(file) && !realpathSync(file).endsWith('rabbitmq-script-wrapper'));
}

/** `startPrivateRabbit` with an installed `rabbitmq-server`. @param program from `installedRabbit` */
export async function startRabbitProcess(program: string): Promise<PrivateRabbit> {
  const [port, distributionPort, epmdPort] = [await freePort(), await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-rabbitmq-'));
  const env = writeSettings(folder, port, distributionPort, epmdPort);
  // Started explicitly in the foreground, because Erlang would start epmd as a daemon that never ends.
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
    freeze: async () => broker.signal('SIGSTOP'),
    thaw: async () => broker.signal('SIGCONT'),
    importDefinitions: (json) =>
      importWith(join(dirname(program), 'rabbitmqctl'), ['import_definitions', '--format', 'json'], json, env),
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
    const answered = await brokerAnswers(this.url, () => this.running === running);
    if (!answered) throw new Error(`RabbitMQ did not start. It printed:\n${running.printed().slice(-3_000)}`);
  }

  signal(name: NodeJS.Signals): void {
    this.running?.child.kill(name);
  }

  async end(name: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const { running } = this;
    this.signal('SIGCONT'); // a suspended process does not receive SIGTERM
    this.signal(name);
    await running?.ended;
  }
}

interface Run {
  child: ChildProcess;
  ended: Promise<void>;
  printed: () => string;
}

function run(program: string, args: string[], env: NodeJS.ProcessEnv): Run {
  // A separate process group, so that Ctrl-C in a terminal reaches only the tests, which then stop it.
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

/** Writes the configuration files. @returns an environment that keeps all files inside the folder */
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
    // No shell script in between, so that signals reach the broker.
    RABBITMQ_ALLOW_INPUT: 'true',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      '-noinput -kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none',
  };
}
