import { type Command, Refusal } from '@tidegate/contracts';
import { type Database, type Tx } from '@tidegate/database';

/**
 * Runs a command in one transaction, bound by the integrations that its caller may touch. Waiting for a row may have
 * used the time up; a caller that has given up must not find the change made behind its back, so the deadline is the
 * last thing asked before the commit.
 *
 * @throws Refusal `deadline`, and whatever `work` throws; nothing is changed then
 */
export function runCommand<T>(database: Database, command: Command, work: (tx: Tx) => Promise<T>): Promise<T> {
  const { integrationIds, deadlineAt } = command;
  return database.transaction({ integrationIds, deadlineAt }, async (tx) => {
    const reply = await work(tx);
    if (Date.now() >= deadlineAt) throw new Refusal('deadline', 'The time for this command is over.');
    return reply;
  });
}
