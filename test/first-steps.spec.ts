import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '@tidegate/testing';
import { startInProcess } from './in-process.js';
import { API_KEY, type Tidegate } from './system.js';

interface Ended {
  code: unknown;
  stdout: string;
  stderr: string;
}

/** Runs `npm run first-steps` with the key on its standard input. */
function firstSteps(input: string, ...args: string[]): Promise<Ended> {
  const { PATH = '' } = process.env;
  return new Promise((ended) => {
    const child = execFile(
      process.execPath,
      ['scripts/first-steps.mjs', ...args],
      { env: { PATH } },
      (error, stdout, stderr) => ended({ code: error ? (error.code ?? error.signal) : 0, stdout, stderr }),
    );
    child.stdin?.end(input);
  });
}

describe('The first steps', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidegate-first-steps-'));
  let system: Tidegate;
  beforeAll(async () => {
    system = await startInProcess();
  });
  afterAll(async () => {
    await system?.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const run = (key: string) => firstSteps(key, '--url', system.baseUrl, '--folder', folder);

  it('end with a revoked grant, can be repeated, and store ids and key only for the user, without printing the key', async () => {
    for (const integration of ['First steps', 'First steps 2']) {
      const { code, stdout, stderr } = await run(`${API_KEY}\n`);
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toContain(`the integration "${integration}"`);
      expect(stdout).toMatch(
        /Members of On-call: alice@acme\.example, by grant, until [\d:]+\n[^]*Members of On-call: none\n/,
      );
      expect(stdout).toMatch(/alice@acme\.example +On-call +ended +user_deactivated/);
      expect(stdout).not.toContain(API_KEY);
    }
    for (const file of ['curl.conf', 'ids.sh']) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600);
    const ids = readFileSync(join(folder, 'ids.sh'), 'utf8');
    const [, api, grant] = /API='(.+)'[^]*GRANT='(.+)'/.exec(ids)!;
    const key = /Bearer ([^"]+)"/.exec(readFileSync(join(folder, 'curl.conf'), 'utf8'))![1];
    const response = await fetch(`${api}/grants/${grant}`, { headers: { authorization: `Bearer ${key}` } });
    expect(await response.json()).toMatchObject({ status: 'ended', endReason: 'user_deactivated' });
  });

  it('say in one sentence that the key is wrong, missing, or that Tidegate does not respond', async () => {
    expect(await run('tgk_wrong')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^This is not a valid API key/),
    });
    expect(await run('')).toMatchObject({ code: 1, stderr: expect.stringMatching(/^The API key is missing/) });
    const closed = `http://127.0.0.1:${await freePort()}`;
    const unreachable = await firstSteps(API_KEY, '--url', closed, '--folder', folder);
    expect(unreachable).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^Tidegate does not respond at .+npm start/),
    });
  });

  it('refuse unknown arguments, and accept no key as an argument', async () => {
    for (const args of [['--key', API_KEY], [API_KEY], ['--url', 'ftp://x']]) {
      const { code, stdout, stderr } = await firstSteps('', ...args);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).not.toBe('');
    }
  });
});
