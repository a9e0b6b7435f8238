import { type PrivateRabbit } from './private-rabbit.js';
import { dockerAnswers, startRabbitContainer } from './rabbitmq-container.js';
import { installedRabbit, startRabbitProcess } from './rabbitmq-process.js';

/** Whether `startPrivateRabbit` can work here: `rabbitmq-server` is installed or a Docker engine answers. */
export function privateRabbitAvailable(): boolean {
  return installedRabbit() !== undefined || dockerAnswers();
}

/**
 * Starts a RabbitMQ with port, name and data of its own: the installed `rabbitmq-server`, which needs no account and no
 * running service, else a container. It never outlives this process.
 * @throws when there is neither, or when it does not answer within five minutes (with the last of what it printed)
 */
export async function startPrivateRabbit(): Promise<PrivateRabbit> {
  const program = installedRabbit();
  if (program) return startRabbitProcess(program);
  if (dockerAnswers()) return startRabbitContainer();
  throw new Error('There is neither rabbitmq-server nor a Docker engine here.');
}
