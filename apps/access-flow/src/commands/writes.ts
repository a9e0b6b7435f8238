import { type Command, type CommandName } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { Injectable } from '@nestjs/common';
import { WakeSignal } from './wake-signal.js';

/** The use cases that change something: one transaction each, applied once however often the command is sent. */
@Injectable()
export class Writes {
  constructor(
    private readonly database: Database,
    private readonly wakeSignal: WakeSignal,
  ) {}

  /**
   * @param subject id of the row that the command makes or changes
   * @param apply makes the change; not called when this very command was applied before. What it returns is kept, so that
   * a repeat is answered as the first was: JSON, or nothing
   * @param read makes the answer, from the rows as they are then and from what `apply` returned
   * @throws what `apply` and `read` throw, after the rollback
   */
  async run<N extends CommandName, T, Outcome extends object | void>(
    command: Command<N>,
    subject: string,
    apply: (tx: Tx, subject: string) => Promise<Outcome>,
    read: (tx: Tx, subject: string, outcome: Outcome) => Promise<T>,
  ): Promise<T> {
    const { commandId } = command;
    const answer = await this.database.transaction(command, async (tx) => {
      const earlier = await firstRun(tx, commandId, subject);
      if (earlier) return read(tx, earlier.subject, earlier.outcome as Outcome);
      const outcome = await apply(tx, subject);
      if (outcome) await keepOutcome(tx, commandId, outcome);
      return read(tx, subject, outcome);
    });
    this.wakeSignal.wake();
    return answer;
  }
}

/** Remembers the command; @returns its first run when there was one. */
async function firstRun(
  tx: Tx,
  commandId: string,
  subject: string,
): Promise<{ subject: string; outcome: unknown } | undefined> {
  const first = await tx.run(
    `INSERT INTO access_flow.applied_commands (command_id, subject) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
    [commandId, subject],
  );
  if (first === 1) return undefined;
  return tx.row<{ subject: string; outcome: unknown }>(
    `SELECT subject, outcome FROM access_flow.applied_commands WHERE command_id = $1`,
    [commandId],
  );
}

async function keepOutcome(tx: Tx, commandId: string, outcome: object): Promise<void> {
  await tx.run(`UPDATE access_flow.applied_commands SET outcome = $2 WHERE command_id = $1`, [
    commandId,
    JSON.stringify(outcome),
  ]);
}

/** Forgets commands that are too old to come again. */
export async function forgetAppliedCommands(tx: Tx): Promise<void> {
  await tx.run(`DELETE FROM access_flow.applied_commands WHERE applied_at < now() - interval '1 day'`);
}
