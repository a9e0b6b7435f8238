import { type Tx } from '@tidegate/database';

/** When to check a grant or request. Only the grant or request itself decides whether it is over. */
export interface Deadline {
  kind: 'grant.end' | 'request.expire';
  id: string;
  integrationId: string;
}

/** Adds the deadline of a new grant. */
export async function addGrantEnd(tx: Tx, integrationId: string, id: string): Promise<void> {
  await tx.run(
    `INSERT INTO access_flow.deadlines (kind, id, integration_id, due_at)
     SELECT 'grant.end', id, integration_id, ends_at FROM access_flow.grants WHERE integration_id = $1 AND id = $2`,
    [integrationId, id],
  );
}

/** Adds the deadline of a new request. */
export async function addRequestExpiry(tx: Tx, integrationId: string, id: string): Promise<void> {
  await tx.run(
    `INSERT INTO access_flow.deadlines (kind, id, integration_id, due_at)
     SELECT 'request.expire', id, integration_id, expires_at FROM access_flow.requests
     WHERE integration_id = $1 AND id = $2`,
    [integrationId, id],
  );
}

/** @returns the oldest deadline that has passed by the database's clock, locked; concurrent workers skip it */
export async function claimDeadline(tx: Tx): Promise<Deadline | undefined> {
  return tx.row<Deadline>(
    `SELECT kind, id, integration_id AS "integrationId" FROM access_flow.deadlines WHERE due_at <= now()
     ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED`,
  );
}

/** Deletes a processed deadline, or moves it to the end of a grant that is still running because it was extended. */
export async function finishDeadline(tx: Tx, { kind, id, integrationId }: Deadline): Promise<void> {
  const moved = await tx.run(
    `UPDATE access_flow.deadlines d SET due_at = g.ends_at, attempts = 0 FROM access_flow.grants g
     WHERE d.kind = $1 AND d.kind = 'grant.end' AND d.id = $2 AND g.integration_id = $3 AND g.id = $2
       AND g.status IN ('scheduled', 'activating', 'active')`,
    [kind, id, integrationId],
  );
  if (moved === 0) await tx.run(`DELETE FROM access_flow.deadlines WHERE kind = $1 AND id = $2`, [kind, id]);
}

/** Delays a deadline after a failure: 1 s, doubling up to 60 s, without a limit of attempts. */
export async function postponeDeadline(tx: Tx, { kind, id }: Deadline): Promise<void> {
  await tx.run(
    `UPDATE access_flow.deadlines SET attempts = attempts + 1,
       due_at = now() + make_interval(secs => least(60, power(2, least(attempts, 10))))
     WHERE kind = $1 AND id = $2`,
    [kind, id],
  );
}

/** @returns milliseconds until the next deadline; null without one */
export async function untilNextDeadline(tx: Tx): Promise<number | null> {
  const row = await tx.row<{ ms: number | null }>(
    `SELECT (extract(epoch FROM min(due_at) - clock_timestamp()) * 1000)::float AS ms FROM access_flow.deadlines`,
  );
  return row?.ms ?? null;
}
