import { type Tx } from '@tidegate/database';
import { AppliedCommandEntity } from './applied-command.entity.js';

/** Stores the command. @returns what its first run stored, or undefined when this is the first */
export async function firstRun(tx: Tx, commandId: string, subject: string): Promise<AppliedCommandEntity | undefined> {
  const first = await tx.run(
    `INSERT INTO access_flow.applied_commands (command_id, subject) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
    [commandId, subject],
  );
  if (first === 1) return undefined;
  return tx.findOne(AppliedCommandEntity, { where: { commandId } });
}

/** Deletes commands that are too old to be repeated. */
export async function forgetAppliedCommands(tx: Tx): Promise<void> {
  await tx.run(`DELETE FROM access_flow.applied_commands WHERE applied_at < now() - interval '1 day'`);
}
