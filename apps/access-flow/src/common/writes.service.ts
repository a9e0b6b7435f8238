import { type Command, type CommandName } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { Injectable } from '@nestjs/common';

/** Runs commands that write: each in one transaction, applied once even if the command is repeated. */
@Injectable()
export class Writes {
  constructor(private readonly database: Database) {}

  /**
   * @param subject id of the row to create or change
   * @param apply makes the change; skipped if this command was applied before. The returned outcome (JSON or nothing) is
   * stored for repeats of the command
   * @param read makes the reply from the current rows and the outcome of `apply`
   * @returns the result of `read`
   * @throws errors of `apply` and `read`, after the rollback
   */
  async run<N extends CommandName, T, Outcome extends object | void>(
    command: Command<N>,
    subject: string,
    apply: (tx: Tx, subject: string) => Promise<Outcome>,
    read: (tx: Tx, subject: string, outcome: Outcome) => Promise<T>,
  ): Promise<T> {
    const { commandId } = command;
    return this.database.transaction(command, async (tx) => {
      const earlier = await firstRun(tx, commandId, subject);
      if (earlier) return read(tx, earlier.subject, earlier.outcome as Outcome);
      const outcome = await apply(tx, subject);
      if (outcome) await storeOutcome(tx, commandId, outcome);
      return read(tx, subject, outcome);
    });
  }
}

/** Stores the command. @returns subject and outcome of its first run, or undefined when this is the first */
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

async function storeOutcome(tx: Tx, commandId: string, outcome: object): Promise<void> {
  await tx.run(`UPDATE access_flow.applied_commands SET outcome = $2 WHERE command_id = $1`, [
    commandId,
    JSON.stringify(outcome),
  ]);
}

/** Deletes commands that are too old to be repeated. */
export async function forgetAppliedCommands(tx: Tx): Promise<void> {
  await tx.run(`DELETE FROM access_flow.applied_commands WHERE applied_at < now() - interval '1 day'`);
}
