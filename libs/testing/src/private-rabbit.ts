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
  /** Ends it for good and deletes its data. */
  stop(): Promise<void>;
}

/** How late the register of quorum queues may be on disk: `kill` waits that long. */
export const QUEUE_REGISTER_MS = 1_500;
