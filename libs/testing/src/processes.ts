import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { eventually } from './eventually.js';
import { guardProcesses } from './guard.js';

/** When a started process counts as ready: a line of its output, or a URL that answers 2xx. */
export type Ready = { line: RegExp } | { url: string };

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

const LINES_KEPT = 20_000;
const GIVE_UP_MS = 300_000;

/** A program of ours in a process of its own, with what it printed. It never outlives this process. */
export class TestProcess {
  /** Resolves when the process has ended, however it did. */
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

  /** Everything printed so far, standard output and errors as they came; the newest 20,000 lines. */
  get logs(): string {
    return this.lines.join('\n');
  }

  /** Sends the signal, and for those that end a process waits until it has. */
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
 * @param name how messages call it
 * @param file path of the program, from the folder of the repository
 * @param env its settings; of ours it gets `PATH` alone, so that nothing leaks into a test
 * @param ready without it, the process is returned as soon as it exists
 * @throws when it ends or five minutes pass before it is ready, with the last of what it printed
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
  const giveUpAt = performance.now() + GIVE_UP_MS;
  while (ready && !(await isReady(started, ready))) {
    if (!started.running || performance.now() > giveUpAt) {
      await started.kill('SIGKILL');
      throw new Error(`${name} did not become ready. It printed:\n${started.logs.slice(-4_000)}`);
    }
  }
  return started;
}

/** One look, which takes a moment when the answer is no. */
async function isReady(started: TestProcess, ready: Ready): Promise<boolean> {
  const look = async () => {
    if (!started.running) return false;
    const is = 'line' in ready ? ready.line.test(started.logs) : (await fetch(ready.url)).ok;
    if (!is) throw new Error('not ready');
    return true;
  };
  return eventually(look, { timeoutMs: 200 }).catch(() => false);
}
