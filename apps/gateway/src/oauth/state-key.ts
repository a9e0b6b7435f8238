import { type Secrets } from '../secrets/secrets.service.js';

/** @returns what stands for an id in the database; the ids are secrets, for codes and tokens are nothing else */
export function stateKey(secrets: Secrets, integrationId: string, model: string, id: string): Buffer {
  return secrets.hash('oauth state', `${integrationId} ${model} ${id}`);
}
