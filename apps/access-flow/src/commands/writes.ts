import { type Command, type CommandName } from '@tidegate/contracts';
import { Database, type Tx } from '@tidegate/database';
import { Injectable } from '@nestjs/common';
import { Bell } from './bell.js';

/** The use cases that change something: one transaction each, applied once however often the command is sent. */
@Injectable()
export class Writes {
  constructor(
    private readonly database: Database,
    private readonly bell: Bell,
  ) {}

  /**
   * @param subject id of the row that the command makes or changes
   * @param apply makes the change; not called when this very command was applied before
   * @param read makes the answer, from the rows as they are then
   * @throws what `apply` and `read` throw, after the rollback
   */
  async run<N extends CommandName, T>(
    command: Command<N>,
    subject: string,
    apply: (tx: Tx, subject: string) => Promise<void>,
    read: (tx: Tx, subject: string) => Promise<T>,
  ): Promise<T> {
    const answer = await this.database.transaction(command, async (tx) => {
      const earlier = await earlierSubject(tx, command.commandId, subject);
      if (earlier === undefined) await apply(tx, subject);
      return read(tx, earlier ?? subject);
    });
    this.bell.ring();
    return answer;
  }
}

/** Remembers the command; @returns the subject of its first run when there was one. */
async function earlierSubject(tx: Tx, commandId: string, subject: string): Promise<string | undefined> {
  const first = await tx.run(
    `INSERT INTO access_flow.applied_commands (command_id, subject) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
    [commandId, subject],
  );
  if (first === 1) return undefined;
  const row = await tx.row<{ subject: string }>(
    `SELECT subject FROM access_flow.applied_commands WHERE command_id = $1`,
    [commandId],
  );
  return row?.subject;
}

/** Forgets commands that are too old to come again. */
export async function forgetAppliedCommands(tx: Tx): Promise<void> {
  await tx.run(`DELETE FROM access_flow.applied_commands WHERE applied_at < now() - interval '1 day'`);
}
