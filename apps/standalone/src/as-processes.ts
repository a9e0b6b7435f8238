import { type Environment, type Releases, StartError } from '@tidegate/runtime';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** Start order. Services stop in reverse order, so that a service stops after its callers. */
const SERVICES = ['identity', 'access-flow', 'gateway'];

/**
 * Runs gateway, identity and access-flow as separate processes that communicate over RabbitMQ. They stop when this
 * process exits.
 *
 * @param env environment of all services
 * @param onExit called when a service exits unexpectedly after the start
 * @throws StartError if a service does not start; the service itself logs the reason
 */
export async function runAsProcesses(
  env: Environment,
  releases: Releases,
  onExit: (service: string) => void,
): Promise<void> {
  let stopping = false;
  for (const service of SERVICES) {
    const main = join(import.meta.dirname, '..', '..', service, 'src', 'main.js');
    // A separate process group, so that Ctrl-C reaches only this process, which stops the services in order.
    const child = fork(main, { env: { ...env, OPS_PORT: '0' }, detached: true });
    releases.add(() => stop(child));
    await Promise.race([once(child, 'message'), failOnExit(child, service)]);
    child.once('exit', () => {
      if (!stopping) onExit(service);
    });
  }
  releases.add(async () => void (stopping = true)); // added last, so released first
}

async function failOnExit(child: ChildProcess, service: string): Promise<never> {
  await once(child, 'exit');
  throw new StartError(`${service} did not start. See its log above.`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
