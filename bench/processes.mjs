import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { guardProcesses } from '../dist/libs/testing/src/guard.js';

/**
 * Starts a program and waits until it tells us something (`process.send`) or, when a URL is given, until that answers
 * 2xx. What it logs goes to /dev/null, so that reading it costs neither side anything. It never outlives us.
 * @param {string} file from the folder of the repository
 * @param {Record<string, string>} env
 * @param {string} [readyUrl]
 * @param {string} [profileFolder] where it leaves a CPU profile when it ends
 * @returns {Promise<{ told: unknown, probe: () => Promise<{ cpu: number, longest: number }>, stop: () => Promise<void> }>}
 *   `probe`, of a program with a URL, tells in milliseconds how much CPU it used so far and the longest that its event
 *   loop was held since the probe before
 */
export async function start(file, env, readyUrl, profileFolder) {
  const profiling = profileFolder ? ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`] : [];
  const probing = readyUrl ? ['--import', new URL('probe.mjs', import.meta.url).href] : [];
  const child = spawn(process.execPath, [...profiling, ...probing, file], {
    env: { PATH: process.env.PATH, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const probe = async () => {
    child.send('probe');
    for (;;) {
      const [answer] = await once(child, 'message');
      if (typeof answer === 'object') return answer; // others tell that the service is ready
    }
  };
  const release = guardProcesses([child.pid]);
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
    release();
  };
  const ended = exited.then(() => Promise.reject(new Error(`${file} ended before it was ready`)));
  ended.catch(() => undefined); // once it is ready, it may end
  const told = await Promise.race([readyUrl ? answering(readyUrl) : once(child, 'message'), ended]);
  return { told: told?.[0], probe, stop };
}

async function answering(url) {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await pause(100);
  }
  throw new Error(`${url} does not answer`);
}
