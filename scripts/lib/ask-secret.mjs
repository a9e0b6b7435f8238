import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';

/**
 * Asks for a secret without showing what is typed or pasted. Without a terminal, reads the standard input to its end.
 * @param {string} question
 * @returns {Promise<string>} without spaces around it; empty when the input ended
 */
export async function askSecret(question) {
  if (!process.stdin.isTTY) return (await text(process.stdin)).trim();
  process.stdout.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answer = await ask(createInterface({ input: process.stdin, output: silent, terminal: true }));
  process.stdout.write('\n');
  return answer.trim();
}

/** Waits for the Enter key. Does not wait without a terminal. */
export async function waitForEnter(question) {
  if (!process.stdin.isTTY) return;
  process.stdout.write(question);
  await ask(createInterface({ input: process.stdin }));
}

/** @returns {Promise<string>} the next line; Ctrl-C ends the process */
function ask(lines) {
  return new Promise((resolve) => {
    lines.once('SIGINT', () => {
      process.stdout.write('\n');
      process.exit(130);
    });
    lines.once('line', (line) => {
      resolve(line);
      lines.close();
    });
    lines.once('close', () => resolve(''));
  });
}
