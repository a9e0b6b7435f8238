import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { guardProcesses } from '../dist/libs/testing/src/guard.js';

/**
 * Starts a program and waits until it sends a message (`process.send`) or, when a URL is given, until the URL returns 2xx.
 * Its output is discarded, so that logs cost little. It is killed when this process exits.
 * @param {string} file from the folder of the repository
 * @param {Record<string, string>} env
 * @param {string} [readyUrl]
 * @param {string} [profileFolder] for a CPU profile when it ends
 * @returns {Promise<{ message: unknown, probe: () => Promise<{ cpu: number, longest: number }>, stop: () => Promise<void> }>}
 *   `probe`, for a program with a URL, returns in milliseconds its CPU time so far and the longest block of its event loop
 *   since the previous probe
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
      if (typeof answer === 'object') return answer; // other messages say that the service is ready
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
  ended.catch(() => undefined); // after the program is ready, its exit is not an error
  const message = await Promise.race([readyUrl ? answering(readyUrl) : once(child, 'message'), ended]);
  return { message: message?.[0], probe, stop };
}

async function answering(url) {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await pause(100);
  }
  throw new Error(`${url} does not respond`);
}
