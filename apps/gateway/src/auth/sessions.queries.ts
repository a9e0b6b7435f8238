import { columnsOf, type Tx } from '@tidegate/database';
import { type Identity } from '../callers/caller.js';
import { SessionEntity } from './session.entity.js';

type NewSession = Pick<SessionEntity, 'id' | 'hash' | 'issuer' | 'subject' | 'keyHash' | 'authenticatedAt'>;

/** 12 hours in total, 30 minutes of inactivity (OWASP; NIST SP 800-63B §2.2.3). */
const LIFETIME = `interval '12 hours'`;
/** SQL: the session has not expired. */
export const ACTIVE_SESSION = `expires_at > now() AND last_used_at > now() - interval '30 minutes'`;

export async function insertSession(
  tx: Tx,
  { id, hash, issuer, subject, keyHash, authenticatedAt }: NewSession,
): Promise<void> {
  await tx.run(
    `INSERT INTO gateway.sessions (id, hash, issuer, subject, key_hash, authenticated_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, least($6, now()), now() + ${LIFETIME})`,
    [id, hash, issuer, subject, keyHash, authenticatedAt],
  );
}

/** @returns the session if it has not expired; updates the time of last use at most once a minute */
export async function useSession(tx: Tx, hash: Buffer): Promise<SessionEntity | undefined> {
  const session = await tx.row<SessionEntity & { stale: boolean }>(
    `SELECT ${columnsOf(SessionEntity)}, last_used_at < now() - interval '1 minute' AS stale
     FROM gateway.sessions WHERE hash = $1 AND ${ACTIVE_SESSION}`,
    [hash],
  );
  if (session?.stale) await tx.update(SessionEntity, { id: session.id }, { lastUsedAt: () => 'now()' });
  return session;
}

export function listSessions(tx: Tx, { issuer, subject }: Identity): Promise<SessionEntity[]> {
  return tx.rows(
    `SELECT ${columnsOf(SessionEntity)} FROM gateway.sessions
     WHERE issuer = $1 AND subject = $2 AND ${ACTIVE_SESSION} ORDER BY id`,
    [issuer, subject],
  );
}

/** @returns the identities with a provider login whose sessions were used in the last two minutes */
export function identitiesInUse(tx: Tx): Promise<Identity[]> {
  return tx.rows(
    `SELECT DISTINCT issuer, subject FROM gateway.sessions
     WHERE key_hash IS NULL AND ${ACTIVE_SESSION} AND last_used_at > now() - interval '2 minutes'`,
  );
}

export async function deleteExpiredSessions(tx: Tx): Promise<void> {
  await tx.run(`DELETE FROM gateway.sessions WHERE NOT (${ACTIVE_SESSION})`);
}
