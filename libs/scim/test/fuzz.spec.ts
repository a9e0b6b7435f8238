import { fuzz } from './fuzz.js';

const SECONDS = Number(process.env['FUZZ_SECONDS'] ?? 0);
const SEED = Number(process.env['FUZZ_SEED'] ?? 7644);
/** Enough for every kind of change on every input. */
const ROUNDS = 1_000;

test(
  'the parsers accept any input or refuse it with a ScimError',
  () => {
    const end = Date.now() + SECONDS * 1000;
    const report = fuzz(SEED, SECONDS > 0 ? () => Date.now() < end : (round) => round < ROUNDS);
    if (SECONDS > 0) console.log(`Seed ${SEED}:`, report);
    for (const { read, refused } of Object.values(report)) {
      expect(read).toBeGreaterThan(0);
      expect(refused).toBeGreaterThan(0);
    }
  },
  // Longer than the run itself, so that only a parser that hangs exceeds it.
  60_000 + SECONDS * 1000,
);
