import { explainStartError } from './start-errors.js';
import { isError, maskUrls } from './redact.js';

/** The part of `process` that such a program needs; tests give their own. */
export interface OnceHost {
  readonly stdout: { write(text: string): unknown };
  readonly stderr: { write(text: string): unknown };
  exitCode?: number | string | null | undefined;
}

/**
 * Runs a program that does one thing and ends; the one call of its main. Writes what `work` returns to standard output
 * and ends with exit code 0. A failure that an operator can mend is one sentence on standard error, any other its stack;
 * both set exit code 1.
 * @param work returns what was done, in a sentence
 */
export async function runOnce(name: string, work: () => Promise<string>, host: OnceHost = process): Promise<void> {
  try {
    host.stdout.write(`${await work()}\n`);
  } catch (error) {
    const told = explainStartError(error) ?? maskUrls(String(isError(error) ? error.stack : error));
    host.stderr.write(`${name}: ${told}\n`);
    host.exitCode = 1;
  }
}
