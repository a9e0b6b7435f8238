import { type Secrets } from '../secrets/secrets.service.js';

/** @returns the key of an object in the database: a hash, because the ids of codes and tokens are secrets */
export function stateKey(secrets: Secrets, integrationId: string, model: string, id: string): Buffer {
  return secrets.hash('oauth state', `${integrationId} ${model} ${id}`);
}
