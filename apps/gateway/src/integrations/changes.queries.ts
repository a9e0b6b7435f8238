import { type Tx } from '@tidegate/database';
import { v7 as uuidv7 } from 'uuid';

/** That an integration changed: what it is now stands in its row. */
export interface IntegrationChange {
  id: string;
  integrationId: string;
  /** The name of the event. */
  kind: string;
}

const COLUMNS = `id, integration_id AS "integrationId", kind`;

/** Remembers that an integration changed, for those who watch. */
export async function insertChange(
  tx: Tx,
  { integrationId, kind, version }: { integrationId: string; kind: string; version: number },
): Promise<void> {
  await tx.run(
    `INSERT INTO gateway.integration_changes (id, integration_id, kind, version, at)
     VALUES ($1, $2, $3, $4, clock_timestamp())`,
    [uuidv7(), integrationId, kind, version],
  );
}

/** The changes of the last seconds: enough that none is missed which was committed late. */
export function recentChanges(tx: Tx, seconds: number): Promise<IntegrationChange[]> {
  return tx.rows(
    `SELECT ${COLUMNS} FROM gateway.integration_changes
     WHERE at > now() - make_interval(secs => $1) ORDER BY id LIMIT 1000`,
    [seconds],
  );
}

/**
 * What changed since the change that a watcher saw last, each integration once. One that was committed late may stand
 * before the last that was seen, so those of some seconds before it are told again.
 * @param one of this integration only, or undefined for all
 */
export async function changesSince(tx: Tx, id: string, one: string | undefined): Promise<IntegrationChange[]> {
  const found = await tx.rows<IntegrationChange>(
    `SELECT DISTINCT ON (integration_id) ${COLUMNS} FROM gateway.integration_changes
     WHERE ($2::uuid IS NULL OR integration_id = $2) AND id <> $1
       AND at > coalesce((SELECT at FROM gateway.integration_changes WHERE id = $1), '-infinity') - interval '5 seconds'
     ORDER BY integration_id, id DESC LIMIT 10000`,
    [id, one ?? null],
  );
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Forgets changes that nobody will ask for again. */
export async function forgetChanges(tx: Tx): Promise<void> {
  await tx.run(`DELETE FROM gateway.integration_changes WHERE at < now() - interval '1 day'`);
}
