import { type Tx } from '@tidegate/database';

/** Stores the command. @returns subject and outcome of its first run, or undefined when this is the first */
export async function firstRun(
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

/** Stores the outcome for repeats of the command. */
export async function storeOutcome(tx: Tx, commandId: string, outcome: object): Promise<void> {
  await tx.run(`UPDATE access_flow.applied_commands SET outcome = $2 WHERE command_id = $1`, [
    commandId,
    JSON.stringify(outcome),
  ]);
}

/** Deletes commands that are too old to be repeated. */
export async function forgetAppliedCommands(tx: Tx): Promise<void> {
  await tx.run(`DELETE FROM access_flow.applied_commands WHERE applied_at < now() - interval '1 day'`);
}
