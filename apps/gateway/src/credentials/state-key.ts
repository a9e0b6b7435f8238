import { type Secrets } from '@tidegate/secrets';
import { type Purpose } from '../config/secrets.js';

/** @returns the key of an object in the database: a hash, because the ids of codes and tokens are secrets */
export function stateKey(secrets: Secrets<Purpose>, integrationId: string, model: string, id: string): Buffer {
  return secrets.hash('oauth state', `${integrationId} ${model} ${id}`);
}
