import { spawn } from 'node:child_process';

/** A private RabbitMQ on 127.0.0.1 that tests can kill. */
export interface PrivateRabbit {
  /** AMQP URL; the same after a restart. */
  url: string;
  /**
   * Kills the broker (`SIGKILL`) 1.5 s after the call: RabbitMQ 3.10 writes the register of its quorum queues to disk up to
   * a second late, and a queue declared just before would lose its messages.
   */
  kill(): Promise<void>;
  /** Starts it again with the same port and data, and waits until it accepts connections. */
  start(): Promise<void>;
  /** Suspends it: connections stay open but get no response. */
  freeze(): Promise<void>;
  /** Resumes a suspended broker. */
  thaw(): Promise<void>;
  /**
   * Loads users, permissions, exchanges and the like from a definitions file.
   * @throws when `rabbitmqctl import_definitions` refuses them
   */
  importDefinitions(json: string): Promise<void>;
  /** Stops it and deletes its data. */
  stop(): Promise<void>;
}

/** Runs `rabbitmqctl import_definitions` with the definitions on its standard input. @throws with what it printed */
export function importWith(program: string, args: string[], json: string, env = process.env): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    let printed = '';
    child.stdout.on('data', (data: Buffer) => (printed += data.toString()));
    child.stderr.on('data', (data: Buffer) => (printed += data.toString()));
    child.once('error', reject);
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(printed.slice(-2_000)))));
    child.stdin.end(json);
  });
}

/** Maximum delay before the register of quorum queues is on disk, which `kill` waits for. */
export const QUEUE_REGISTER_MS = 1_500;
