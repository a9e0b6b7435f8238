import { explainStartError } from './start-errors.js';
import { isError, maskUrls } from '@tidegate/observability';

/** The used part of `process`; replaced in tests. */
export interface OnceHost {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  exitCode?: number | string | null | undefined;
}

/**
 * Runs a one-off program; the only call of its main. Writes the result of `work` to standard output and ends with exit
 * code 0. On failure it sets exit code 1 and writes one sentence to standard error when an operator can fix the cause, else
 * the stack.
 * @param work returns a sentence about what was done
 */
export async function runOnce(name: string, work: () => Promise<string>, host: OnceHost = process): Promise<void> {
  try {
    host.stdout.write(`${await work()}\n`);
  } catch (error) {
    const message = explainStartError(error) ?? maskUrls(String(isError(error) ? error.stack : error));
    host.stderr.write(`${name}: ${message}\n`);
    host.exitCode = 1;
  }
}
