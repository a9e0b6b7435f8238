import { type Command, type CommandName } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { Injectable } from '@nestjs/common';
import { AppliedCommandEntity } from './applied-command.entity.js';
import { firstRun } from './applied-commands.queries.js';

/** Thrown to roll back a validation. */
class Rollback extends Error {}

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
      if (outcome) await tx.update(AppliedCommandEntity, { commandId }, { outcome });
      return read(tx, subject, outcome);
    });
  }

  /**
   * Makes a change and rolls it back, with its events and jobs.
   * @returns what `run` would return; @throws what `run` would throw
   */
  async validate<N extends CommandName, T, Outcome extends object | void>(
    command: Command<N>,
    subject: string,
    apply: (tx: Tx, subject: string) => Promise<Outcome>,
    read: (tx: Tx, subject: string, outcome: Outcome) => Promise<T>,
  ): Promise<T> {
    const result: { reply?: T } = {};
    try {
      await this.database.transaction(command, async (tx) => {
        result.reply = await read(tx, subject, await apply(tx, subject));
        throw new Rollback();
      });
    } catch (error) {
      if (!(error instanceof Rollback)) throw error;
    }
    return result.reply!;
  }
}
