import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './ports.js';
import { startProcess } from './processes.js';

const folder = mkdtempSync(join(tmpdir(), 'tidegate-processes-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(source: string): string {
  const file = join(folder, `${Math.random()}.mjs`);
  writeFileSync(file, source);
  return file;
}

describe('a started process', () => {
  it('is ready when it prints the line, and keeps its output', async () => {
    const file = program(
      `console.log('hello ' + process.env.NAME); console.error('ready'); setInterval(() => {}, 1000);`,
    );
    const started = await startProcess('greeter', file, { NAME: 'alice' }, { line: /^ready$/m });
    expect(started.logs).toContain('hello alice');
    await started.kill('SIGKILL');
    expect(await started.exited).toEqual({ code: null, signal: 'SIGKILL' });
    expect(started.running).toBe(false);
  });

  it('is ready when its URL responds', async () => {
    const port = await freePort();
    const file = program(`
      import { createServer } from 'node:http';
      createServer((request, response) => response.end()).listen(${port}, '127.0.0.1');
      process.on('SIGTERM', () => process.exit(7));
    `);
    const started = await startProcess('server', file, {}, { url: `http://127.0.0.1:${port}/readyz` });
    await started.kill('SIGTERM');
    expect(await started.exited).toEqual({ code: 7, signal: null });
  });

  it('fails with its output when it ends before it is ready', async () => {
    const file = program(`console.log('no database'); process.exit(1);`);
    await expect(startProcess('broken', file, {}, { line: /ready/ })).rejects.toThrow(
      /^broken did not become ready.*no database/s,
    );
  });

  it('does not inherit settings', async () => {
    process.env.TIDEGATE_SECRET_OF_THE_TEST = 'x';
    const started = await startProcess('looker', program(`console.log(Object.keys(process.env).join())`));
    await started.exited;
    expect(started.logs).not.toContain('TIDEGATE_SECRET_OF_THE_TEST');
    expect(started.logs).toContain('PATH');
  });
});
