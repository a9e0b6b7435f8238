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
  /** Stops it and deletes its data. */
  stop(): Promise<void>;
}

/** Maximum delay before the register of quorum queues is on disk, which `kill` waits for. */
export const QUEUE_REGISTER_MS = 1_500;
