import { type Tx } from '@tidegate/database';
import { type Identity } from '../callers/caller.js';

/** A stored session, without the hash of its secret. */
export interface Session extends Identity {
  id: string;
  /** Hash of the API key that opened it; the session ends with the key. */
  keyHash: Buffer | null;
  createdAt: Date;
  authenticatedAt: Date;
  lastUsedAt: Date;
  expiresAt: Date;
}

type NewSession = Pick<Session, 'id' | 'issuer' | 'subject' | 'keyHash' | 'authenticatedAt'> & { hash: Buffer };

const COLUMNS = `id, issuer, subject, key_hash AS "keyHash", created_at AS "createdAt",
  authenticated_at AS "authenticatedAt", last_used_at AS "lastUsedAt", expires_at AS "expiresAt"`;
/** 12 hours in total, 30 minutes of inactivity (OWASP; NIST SP 800-63B §2.2.3). */
const LIFETIME = `interval '12 hours'`;
const ACTIVE = `expires_at > now() AND last_used_at > now() - interval '30 minutes'`;

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
export async function useSession(tx: Tx, hash: Buffer): Promise<Session | undefined> {
  const session = await tx.row<Session & { stale: boolean }>(
    `SELECT ${COLUMNS}, last_used_at < now() - interval '1 minute' AS stale
     FROM gateway.sessions WHERE hash = $1 AND ${ACTIVE}`,
    [hash],
  );
  if (session?.stale) await tx.run('UPDATE gateway.sessions SET last_used_at = now() WHERE id = $1', [session.id]);
  return session;
}

export function listSessions(tx: Tx, { issuer, subject }: Identity): Promise<Session[]> {
  return tx.rows(
    `SELECT ${COLUMNS} FROM gateway.sessions WHERE issuer = $1 AND subject = $2 AND ${ACTIVE} ORDER BY id`,
    [issuer, subject],
  );
}

/** @returns the identities with a provider login whose sessions were used in the last two minutes */
export function identitiesInUse(tx: Tx): Promise<Identity[]> {
  return tx.rows(
    `SELECT DISTINCT issuer, subject FROM gateway.sessions
     WHERE key_hash IS NULL AND ${ACTIVE} AND last_used_at > now() - interval '2 minutes'`,
  );
}

/** @returns whether the session of the identity existed */
export async function deleteSession(tx: Tx, { issuer, subject }: Identity, id: string): Promise<boolean> {
  const sql = 'DELETE FROM gateway.sessions WHERE issuer = $1 AND subject = $2 AND id = $3';
  return (await tx.run(sql, [issuer, subject, id])) > 0;
}

export async function deleteSessionByHash(tx: Tx, hash: Buffer): Promise<void> {
  await tx.run('DELETE FROM gateway.sessions WHERE hash = $1', [hash]);
}

/** Deletes all sessions of an identity. @returns their number */
export function deleteSessionsOf(tx: Tx, { issuer, subject }: Identity): Promise<number> {
  return tx.run('DELETE FROM gateway.sessions WHERE issuer = $1 AND subject = $2', [issuer, subject]);
}

export async function deleteExpiredSessions(tx: Tx): Promise<void> {
  await tx.run(`DELETE FROM gateway.sessions WHERE NOT (${ACTIVE})`);
}
