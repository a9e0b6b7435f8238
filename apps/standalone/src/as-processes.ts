import { type Environment, type Releases, StartError } from '@tidegate/observability';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** In the order of their start; they stop in the opposite one, so that whoever is asked outlives whoever asks. */
const SERVICES = ['identity', 'access-flow', 'gateway'];

/**
 * Runs gateway, identity and access-flow as processes of their own, which meet on RabbitMQ. They notice when this
 * process dies, and stop.
 *
 * @param env for all of them
 * @param onLoss told when one of them ended by itself later on
 * @throws StartError when one of them does not start; it has said why
 */
export async function runAsProcesses(
  env: Environment,
  releases: Releases,
  onLoss: (service: string) => void,
): Promise<void> {
  let stopping = false;
  for (const service of SERVICES) {
    const main = join(import.meta.dirname, '..', '..', service, 'src', 'main.js');
    // A process group of its own: Ctrl-C in a terminal is for this process, which then stops them in order.
    const child = fork(main, { env: { ...env, OPS_PORT: '0' }, detached: true });
    releases.add(() => end(child));
    await Promise.race([once(child, 'message'), failure(child, service)]);
    child.once('exit', () => {
      if (!stopping) onLoss(service);
    });
  }
  releases.add(async () => void (stopping = true)); // added last, so released first
}

async function failure(child: ChildProcess, service: string): Promise<never> {
  await once(child, 'exit');
  throw new StartError(`${service} did not start.`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
