import { type Cause } from '@tidegate/contracts';
import { recordEvents, type Tx } from '@tidegate/database';
import { type ApiKeyRow } from './api-keys.queries.js';

/** The versions of a key: it is created once, and revoked at most once. */
const VERSIONS = { 'api_key.created': 1, 'api_key.revoked': 2 } as const;

/** Records the event about an API key. It belongs to no integration, so the transaction must be bound to none. */
export async function recordKeyEvent(
  tx: Tx,
  name: keyof typeof VERSIONS,
  { id, scopes, integrationIds, expiresAt }: Pick<ApiKeyRow, 'id' | 'scopes' | 'integrationIds' | 'expiresAt'>,
  cause: Cause,
): Promise<void> {
  const version = VERSIONS[name];
  const end = expiresAt?.toISOString() ?? null;
  const revoked = name === 'api_key.revoked';
  const data = { keyId: id, scopes, integrationIds, expiresAt: end, revoked, version };
  await recordEvents(tx, 'gateway', [{ name, integrationId: null, subject: id, version, ...cause, data }]);
}
