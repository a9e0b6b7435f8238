import { termsOf, type UnnamedFlow } from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { managersOf } from '../directory/managers.queries.js';
import { conditionReferences, type Person } from './condition.rule.js';
import { readPersons } from './person.queries.js';

/** What decisions need to know of users. */
export interface NeededFacts {
  /** The groups that conditions name. */
  groupIds: string[];
  /** Whether the manager decides something. */
  managers: boolean;
}

/** @returns what the conditions and requesters of flows compare */
export function neededFacts(flows: readonly UnnamedFlow[]): NeededFacts {
  const usesManager = ({ eligibility, requesters }: UnnamedFlow) =>
    requesters.includes('manager') || termsOf(eligibility, '').some(({ term }) => term.kind === 'manager');
  const groupIds = flows.flatMap(({ eligibility }) => conditionReferences(eligibility).groupIds);
  return { groupIds: [...new Set(groupIds)], managers: flows.some(usesManager) };
}

/** @returns the users with what conditions compare, by id; without deleted and unknown users */
export async function readFacts(
  tx: Tx,
  integrationId: string,
  userIds: string[],
  { groupIds, managers }: NeededFacts,
): Promise<Map<string, Person>> {
  const resolved = managers ? await managersOf(tx, integrationId, userIds) : new Map<string, never>();
  const managerIds = [...resolved].flatMap(([userId, manager]): [string, string][] =>
    'managerId' in manager ? [[userId, manager.managerId]] : [],
  );
  return readPersons(tx, integrationId, userIds, groupIds, new Map(managerIds));
}
