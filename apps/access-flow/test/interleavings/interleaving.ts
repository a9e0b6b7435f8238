import { eventually } from '@tidegate/testing';
import { REQUEST_APPROVERS } from '../../src/requests/approvers.jobs.js';
import { type TestAccessFlow } from '../harness.js';
import { broken } from './invariants.js';
import { FIRST_ROUNDS, type Operation, randomOperation } from './operations.js';
import { Random } from './random.js';
import { staleApprovers } from './stale-approvers.js';
import { outcomeOf, World } from './world.js';

/**
 * Runs the interleaving of a seed: rounds of operations that run at the same time, in a new integration. The seed determines
 * the operations and the order in which they start, not the order in which the database serves them.
 *
 * @throws Error with the seed, the operations and what is broken
 */
export async function interleave(accessFlow: TestAccessFlow, seed: number): Promise<void> {
  const random = new Random(seed);
  const log: string[] = [];
  let world: World | undefined;
  try {
    world = await World.create(accessFlow, random);
    const rounds = random.int(6, 8);
    for (let round = 0; round < rounds; round++) {
      const next = FIRST_ROUNDS[round] ?? randomOperation;
      const operations = Array.from({ length: random.int(2, 4) }, () => next(world!, random));
      await runRound(operations, log);
      await check(world, { atRest: false });
    }
    await settle(world);
    log.push('all jobs run and the reconciler');
    await check(world, { atRest: true });
  } catch (error) {
    const errors = accessFlow.errors.map((line) => JSON.stringify(line));
    const text = [`Seed ${seed}:`, ...log.map((line) => `  ${line}`), (error as Error).message, ...errors].join('\n');
    throw new Error(text, { cause: error });
  } finally {
    // The reconciler reads all integrations.
    await world?.rows(`DELETE FROM access_flow.integrations WHERE id = $1`);
    accessFlow.errors.length = 0;
  }
}

async function runRound(operations: Operation[], log: string[]): Promise<void> {
  const results = await Promise.allSettled(operations.map(({ run }) => run()));
  const outcomes = results.map((result) => {
    try {
      return outcomeOf(result);
    } catch (error) {
      return `FAILED ${(error as Error).message}`;
    }
  });
  log.push(operations.map(({ text }, index) => `${text} → ${outcomes[index]}`).join(' | '));
  const failed = outcomes.filter((outcome) => outcome.startsWith('FAILED'));
  if (failed.length > 0) throw new Error(failed.join('\n'));
}

/** Reconciles, and runs all jobs that are due, until the approvers of all requests are found. */
async function settle(world: World): Promise<void> {
  await world.accessFlow.reconcile();
  await eventually(async () => {
    await world.accessFlow.jobs.drain();
    const left = `SELECT key FROM access_flow.jobs WHERE integration_id = $1 AND kind = '${REQUEST_APPROVERS}'`;
    expect(await world.rows(left)).toEqual([]);
  });
}

async function check(world: World, { atRest }: { atRest: boolean }): Promise<void> {
  const { accessFlow } = world;
  const failures = await accessFlow.failures();
  accessFlow.metrics.command.reset();
  accessFlow.metrics.event.reset();
  const wrong = [
    ...failures.map((name) => `${name} failed`),
    ...accessFlow.errors.splice(0).flatMap((line) => ('accessRequestIds' in line ? [] : [JSON.stringify(line)])),
    ...(await broken(world, { atRest })),
    ...(atRest ? await staleApprovers(world) : []),
  ];
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
}
