import { spawn } from 'node:child_process';

/**
 * Runs a command when this process ends, also by SIGKILL, before the guard is released. A shell waits on a pipe that closes
 * with this process.
 * @param command program and arguments, without quoting
 * @returns a function that releases the guard, so that the command never runs
 */
export function guard(command: string[]): () => void {
  const script = 'trap "" HUP INT TERM; read -r released || exec "$@"';
  const shell = spawn('sh', ['-c', script, 'guard', ...command], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell.on('error', () => undefined); // without a shell on this system the guard does nothing
  shell.stdin.on('error', () => undefined);
  shell.unref();
  (shell.stdin as unknown as { unref(): void }).unref(); // a pipe is a socket, although not by its type
  return () => void shell.stdin.end('released\n');
}

/**
 * Kills processes and deletes folders when this process ends first.
 * @param pids process ids; a negative one is a process group
 * @param folders absolute paths of folders that only this process uses
 */
export function guardProcesses(pids: number[], folders: string[] = []): () => void {
  const kill = 'kill -s KILL -- $0; sleep 1; [ $# -eq 0 ] || rm -rf -- "$@"';
  return guard(['sh', '-c', kill, pids.join(' '), ...folders]);
}
