import { type PrivateRabbit } from './private-rabbit.js';
import { dockerAnswers, startRabbitContainer } from './rabbitmq-container.js';
import { installedRabbit, startRabbitProcess } from './rabbitmq-process.js';

/** Whether `startPrivateRabbit` works on this system: `rabbitmq-server` is installed or a Docker engine responds. */
export function privateRabbitAvailable(): boolean {
  return installedRabbit() !== undefined || dockerAnswers();
}

/**
 * Starts a RabbitMQ with its own port, name and data: the installed `rabbitmq-server` (needs no account and no running
 * service), else a container. It ends at the latest with this process.
 * @throws Error when neither is available, or with its output when it does not respond within five minutes
 */
export async function startPrivateRabbit(): Promise<PrivateRabbit> {
  const program = installedRabbit();
  if (program) return startRabbitProcess(program);
  if (dockerAnswers()) return startRabbitContainer();
  throw new Error('RabbitMQ is not available. Install rabbitmq-server or Docker.');
}
