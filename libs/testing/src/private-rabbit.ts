import { spawn } from 'node:child_process';

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
  /** Freezes it: connections stay open and nothing is answered. */
  freeze(): Promise<void>;
  /** Lets a frozen broker go on. */
  thaw(): Promise<void>;
  /**
   * Loads users, permissions, exchanges and the like from a definitions file.
   * @throws when `rabbitmqctl import_definitions` refuses them
   */
  importDefinitions(json: string): Promise<void>;
  /** Ends it for good and deletes its data. */
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

/** How late the register of quorum queues may be on disk: `kill` waits that long. */
export const QUEUE_REGISTER_MS = 1_500;
