import { execFile, spawnSync } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brokerAnswers } from './broker-answers.js';
import { guard } from './guard.js';
import { freePort } from './ports.js';
import { importWith, type PrivateRabbit, QUEUE_REGISTER_MS } from './private-rabbit.js';

const IMAGE = 'rabbitmq:4.2.9';
const run = promisify(execFile);

/** Whether a Docker engine responds within 30 s. */
export function dockerAnswers(): boolean {
  return spawnSync('docker', ['info'], { stdio: 'ignore', timeout: 30_000 }).status === 0;
}

/** `startPrivateRabbit` with Docker, for systems without `rabbitmq-server`. */
export async function startRabbitContainer(): Promise<PrivateRabbit> {
  const port = await freePort();
  const name = `tidegate-test-${port}-${process.pid}`;
  const url = `amqp://guest:guest@127.0.0.1:${port}`;
  const docker = async (...args: string[]) => void (await run('docker', args));
  const release = guard(['docker', 'rm', '--force', '--volumes', name]);
  const stop = async () => {
    await docker('rm', '--force', '--volumes', name);
    release();
  };
  const waitUntilReady = async () => {
    if (await brokerAnswers(url)) return;
    const { stdout, stderr } = await run('docker', ['logs', '--tail', '20', name]);
    throw new Error(`RabbitMQ did not start. It printed:\n${stdout}${stderr}`);
  };
  try {
    // The host name is part of the name of the data folder, so it must stay the same after a restart.
    await docker('run', '--detach', '--name', name, '--hostname', name, '--publish', `127.0.0.1:${port}:5672`, IMAGE);
    await waitUntilReady();
  } catch (error) {
    await stop().catch(() => undefined); // it may not have started
    throw error;
  }
  return {
    url,
    kill: () => delay(QUEUE_REGISTER_MS).then(() => docker('kill', '--signal', 'KILL', name)),
    start: () => docker('start', name).then(waitUntilReady),
    freeze: () => docker('pause', name),
    thaw: () => docker('unpause', name),
    importDefinitions: (json) =>
      importWith('docker', ['exec', '-i', name, 'rabbitmqctl', 'import_definitions', '--format', 'json'], json),
    stop,
  };
}
