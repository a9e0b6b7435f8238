import { type Tx } from '@tidegate/database';
import { managersOf } from '../directory/managers.queries.js';
import { type Person } from './condition.rule.js';
import { readPersons } from './person.queries.js';

/**
 * @param groupIds the groups that the conditions name
 * @returns the users with what conditions compare, by id; with an entry for every user
 */
export async function readFacts(
  tx: Tx,
  integrationId: string,
  userIds: string[],
  groupIds: string[],
): Promise<Map<string, Person>> {
  const resolved = await managersOf(tx, integrationId, userIds);
  const managers = new Map(
    [...resolved].flatMap(([userId, manager]) => ('managerId' in manager ? [[userId, manager.managerId]] : [])),
  );
  return readPersons(tx, integrationId, userIds, groupIds, managers);
}
