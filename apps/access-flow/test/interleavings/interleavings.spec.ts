import { Logger } from '@nestjs/common';
import { TestAccessFlow } from '../harness.js';
import { interleave } from './interleaving.js';
import { seedOfDay } from './random.js';

const FIRST = Number(process.env.INTERLEAVINGS_SEED ?? seedOfDay(new Date()));
const COUNT = Number(process.env.INTERLEAVINGS ?? 300);
/** Seeds per test, so that a run shows its progress. */
const AT_ONCE = 50;

/** Failed seeds that are shown of each test. */
const SHOWN = Number(process.env.INTERLEAVINGS_SHOWN ?? 3);

describe('Whatever happens at the same time', () => {
  const accessFlow = TestAccessFlow.use();
  // The errors of commands and events, which the transport logs.
  beforeAll(() => {
    const log = ({ err, what }: { err?: Error; what?: string }) => {
      accessFlow.errors.push({ what, error: err?.stack?.split('\n').slice(0, 6).join('\n') });
    };
    Logger.overrideLogger({ log: () => undefined, warn: log, error: log });
  });
  const starts = Array.from({ length: Math.ceil(COUNT / AT_ONCE) }, (_, index) => FIRST + index * AT_ONCE);

  it.each(starts)('nobody has access without its reasons, from seed %i', async (start) => {
    const failed: string[] = [];
    for (let seed = start; seed < Math.min(start + AT_ONCE, FIRST + COUNT); seed++)
      await interleave(accessFlow, seed).catch((error: Error) => failed.push(error.message));
    if (failed.length > 0) throw new Error(failed.slice(0, SHOWN).join('\n\n'));
  });
});
