// `npm run fuzz [seconds]`: tests the SCIM parsers with random input, by default for 30 seconds. FUZZ_SEED repeats the
// inputs of an earlier run.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, root } from './lib/ensure.mjs';

const seconds = Number(process.argv[2] ?? 30);
if (!Number.isSafeInteger(seconds) || seconds < 1) {
  console.error('The number of seconds must be an integer of at least 1.');
  process.exit(1);
}
await ensureInstalled();
const seed = process.env.FUZZ_SEED ?? String(Math.floor(Math.random() * 2 ** 31));
console.log(`Seed ${seed}, ${seconds} s.`);
const jest = spawn(
  process.execPath,
  [join(root, 'node_modules', 'jest', 'bin', 'jest.js'), 'libs/scim/test/fuzz.spec.ts'],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, FUZZ_SECONDS: String(seconds), FUZZ_SEED: seed },
  },
);
// A parser that does not finish blocks its process, so the timeout must be here.
const hang = setTimeout(
  () => {
    console.error(`A parser did not finish an input of seed ${seed}. FUZZ_SEED=${seed} repeats it.`);
    jest.kill('SIGKILL');
  },
  (seconds + 120) * 1000,
);
jest.on('exit', (code) => {
  clearTimeout(hang);
  process.exit(code ?? 1);
});
