// `npm run interleavings -- COUNT [SEED]`: runs operations of access-flow at the same time, in an order that each seed
// determines, and checks what must always be true. SEED is the first seed; by default, the date determines it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureInstalled, fail, root } from './lib/ensure.mjs';

const [count = '300', seed] = process.argv.slice(2);
for (const [name, value] of [
  ['number of seeds', count],
  ['seed', seed ?? '1'],
])
  if (!/^[1-9]\d{0,12}$/.test(value)) fail(`The ${name} must be an integer of at least 1.`);
await ensureInstalled();
const tests = spawn(
  process.execPath,
  [join(root, 'scripts', 'test.mjs'), 'apps/access-flow/test/interleavings/interleavings.spec.ts', '--runInBand'],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, INTERLEAVINGS: count, ...(seed && { INTERLEAVINGS_SEED: seed }) },
  },
);
tests.on('exit', (code) => process.exit(code ?? 1));
