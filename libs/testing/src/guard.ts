import { spawn } from 'node:child_process';

/**
 * Runs a command if this process ends, killed included, before the guard is released. A small shell waits at the far
 * end of a pipe that only we hold open; our death closes it.
 * @param command program and arguments, without quoting
 * @returns releases the guard: the command is then never run
 */
export function guard(command: string[]): () => void {
  const script = 'trap "" HUP INT TERM; read -r released || exec "$@"';
  const shell = spawn('sh', ['-c', script, 'guard', ...command], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  shell.on('error', () => undefined); // no shell on this system: nothing is guarded
  shell.stdin.on('error', () => undefined);
  shell.unref();
  (shell.stdin as unknown as { unref(): void }).unref(); // a pipe is a socket; its type does not say so
  return () => void shell.stdin.end('released\n');
}

/**
 * Kills processes and deletes folders if this process ends first.
 * @param pids process ids; a negative one is a process group
 * @param folders absolute paths of folders that are only ours
 */
export function guardProcesses(pids: number[], folders: string[] = []): () => void {
  const kill = 'kill -s KILL -- $0; sleep 1; [ $# -eq 0 ] || rm -rf -- "$@"';
  return guard(['sh', '-c', kill, pids.join(' '), ...folders]);
}
