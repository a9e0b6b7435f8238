import { explainStartError } from './start-errors.js';
import { isError, maskUrls } from './redact.js';

/**
 * Runs a program that does one thing and ends; the one call of its main. Writes what `work` returns to standard output
 * and ends with exit code 0. A failure that an operator can mend is one sentence on standard error, any other its stack;
 * both set exit code 1.
 * @param work returns what was done, in a sentence
 */
export async function runOnce(
  name: string,
  work: () => Promise<string>,
  host: Pick<NodeJS.Process, 'stdout' | 'stderr' | 'exitCode'> = process,
): Promise<void> {
  try {
    host.stdout.write(`${await work()}\n`);
  } catch (error) {
    const told = explainStartError(error) ?? maskUrls(String(isError(error) ? error.stack : error));
    host.stderr.write(`${name}: ${told}\n`);
    host.exitCode = 1;
  }
}
