import { runOnce } from './run-once.js';
import { StartError } from './start-errors.js';

describe('runOnce', () => {
  async function run(work: () => Promise<string>) {
    const printed = { stdout: '', stderr: '' };
    const host = {
      stdout: { write: (text: string) => Boolean((printed.stdout += text)) },
      stderr: { write: (text: string) => Boolean((printed.stderr += text)) },
      exitCode: undefined as number | undefined,
    };
    await runOnce('migration', work, host);
    return { ...printed, exitCode: host.exitCode };
  }

  it('prints the result of the work', async () => {
    expect(await run(() => Promise.resolve('Done.'))).toEqual({ stdout: 'Done.\n', stderr: '', exitCode: undefined });
  });

  it('prints one sentence for a failure that an operator can fix, and sets exit code 1', async () => {
    const failed = run(() => Promise.reject(new StartError('No role at postgres://app:hunter2@db.')));
    expect(await failed).toEqual({ stdout: '', stderr: 'migration: No role at postgres://app:***@db.\n', exitCode: 1 });
  });

  it('prints the stack of a failure that is a bug, without passwords, and sets exit code 1', async () => {
    const { stdout, stderr, exitCode } = await run(() => Promise.reject(new TypeError('postgres://app:hunter2@db')));
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
    expect(stderr).toMatch(/^migration: TypeError: postgres:\/\/app:\*\*\*@db\n +at /);
  });
});
