import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { transformFileSync } from '@swc/core';
import { eventually } from './eventually.js';
import { startProcess } from './processes.js';

const folder = mkdtempSync(join(tmpdir(), 'tidegate-guard-'));
const data = join(folder, 'some data');

beforeAll(() => {
  const parser = { syntax: 'typescript' } as const;
  const { code } = transformFileSync(join(__dirname, 'guard.ts'), { swcrc: false, jsc: { parser, target: 'es2022' } });
  writeFileSync(join(folder, 'guard.mjs'), code);
});
beforeEach(() => mkdirSync(data));
afterEach(() => rmSync(data, { recursive: true, force: true }));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a process that starts and guards another one. @returns the id of the guarded process */
async function guardian(rest: string) {
  const file = join(folder, `${Math.random()}.mjs`);
  writeFileSync(
    file,
    `import { spawn } from 'node:child_process';
     import { guardProcesses } from './guard.mjs';
     const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
     const release = guardProcesses([-child.pid], [${JSON.stringify(data)}]);
     console.log('child ' + child.pid + ' ');
     ${rest}`,
  );
  const started = await startProcess('guardian', file, {}, { line: /child \d+ / });
  return { started, child: Number(/child (\d+) /.exec(started.logs)?.[1]) };
}

const gone = (pid: number) => eventually(() => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));

it('a guarded process and its folder are removed when its parent is killed', async () => {
  const { started, child } = await guardian('setInterval(() => {}, 1000)');
  expect(process.kill(child, 0)).toBe(true);
  await started.kill('SIGKILL');
  await gone(child);
  await eventually(() => expect(existsSync(data)).toBe(false));
});

it('a released guard removes nothing', async () => {
  const { started, child } = await guardian('release(); setInterval(() => {}, 1000)');
  await started.kill('SIGKILL');
  expect(process.kill(child, 0)).toBe(true);
  expect(existsSync(data)).toBe(true);
  process.kill(child, 'SIGKILL');
});
