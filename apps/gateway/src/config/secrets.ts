import { type Database } from '@tidegate/database';
import { Secrets } from '@tidegate/secrets';
import { type GatewayConfig } from './config.js';

/** What the gateway hashes and encrypts secrets for. */
export type Purpose =
  'scim token' | 'api key' | 'session' | 'oauth state' | 'oauth client' | 'oauth keys' | 'login' | 'name in a log';

/**
 * Opens the secrets of the gateway. The first releases encrypted its data key for a purpose without the name of the service.
 * @throws StartError when no encryption key decrypts the data key
 */
export function openSecrets(
  database: Database,
  { encryptionKey, previousEncryptionKey: previousKey }: GatewayConfig,
): Promise<Secrets<Purpose>> {
  return Secrets.open(database, { encryptionKey, previousKey, formerPurpose: 'data key' });
}
