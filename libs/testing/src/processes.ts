import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { eventually } from './eventually.js';
import { guardProcesses } from './guard.js';

/** When a process counts as ready: a line of its output, or a URL that returns 2xx. */
export type Ready = { line: RegExp } | { url: string };

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

const LINES_KEPT = 20_000;
const GIVE_UP_MS = 300_000;

/** A program in its own process, with its output. It ends at the latest with this process. */
export class TestProcess {
  /** Resolves when the process has ended, for any reason. */
  readonly exited: Promise<Exit>;
  private readonly lines: string[] = [''];

  constructor(
    readonly name: string,
    private readonly child: ChildProcess,
  ) {
    const release = guardProcesses([child.pid ?? 0].filter((pid) => pid > 0));
    this.exited = new Promise((done) => {
      child.once('error', (error) => {
        this.collect(`${error.message}\n`);
        done({ code: null, signal: null });
      });
      child.once('close', (code, signal) => done({ code, signal }));
    });
    void this.exited.then(release);
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.collect(text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.collect(text));
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get running(): boolean {
    return this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  /** The output so far, standard output and standard error in order; the newest 20,000 lines. */
  get logs(): string {
    return this.lines.join('\n');
  }

  /** Sends the signal. For signals that end a process, waits until it has ended. */
  async kill(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (!this.running) return;
    this.child.kill(signal);
    if (['SIGTERM', 'SIGINT', 'SIGKILL', 'SIGQUIT'].includes(signal)) await this.exited;
  }

  private collect(text: string): void {
    const [first = '', ...rest] = text.split('\n');
    this.lines[this.lines.length - 1] += first;
    this.lines.push(...rest);
    if (this.lines.length > LINES_KEPT) this.lines.splice(0, this.lines.length - LINES_KEPT);
  }
}

/**
 * Starts a built program, such as `dist/apps/identity/src/main.js`, and waits until it is ready.
 * @param name for messages
 * @param file path of the program, from the folder of the repository
 * @param env its settings; it inherits only `PATH`, so that the environment does not affect tests
 * @param ready without it, the function does not wait
 * @throws Error with the end of its output, when it ends or five minutes pass before it is ready
 */
export async function startProcess(
  name: string,
  file: string,
  env: Record<string, string> = {},
  ready?: Ready,
): Promise<TestProcess> {
  const { PATH = '' } = process.env;
  const child = spawn(process.execPath, [resolve(file)], { env: { PATH, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  const started = new TestProcess(name, child);
  const deadline = performance.now() + GIVE_UP_MS;
  while (ready && !(await isReady(started, ready))) {
    if (!started.running || performance.now() > deadline) {
      await started.kill('SIGKILL');
      throw new Error(`${name} did not become ready. It printed:\n${started.logs.slice(-4_000)}`);
    }
  }
  return started;
}

/** Checks for up to 200 ms whether the process is ready. */
async function isReady(started: TestProcess, ready: Ready): Promise<boolean> {
  const check = async () => {
    if (!started.running) return false;
    const passes = 'line' in ready ? ready.line.test(started.logs) : (await fetch(ready.url)).ok;
    if (!passes) throw new Error('not ready');
    return true;
  };
  return eventually(check, { timeoutMs: 200 }).catch(() => false);
}
