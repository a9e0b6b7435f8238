import {
  allApproverSets,
  approverSources,
  type FlowRules,
  isUuid,
  Refusal,
  termsOf,
  type UnnamedFlow,
} from '@tidegate/contracts';
import { type Tx } from '@tidegate/database';
import { stepFaults } from '../approval/step-checks.rule.js';
import { lockGroups } from '../directory/groups.queries.js';
import { lockIntegration } from '../directory/integrations.queries.js';
import { type KnownUser, lockPresent } from '../directory/users.queries.js';

/** An id in the settings of a flow, with its path and what it must be. */
interface Reference {
  field: string;
  id: string;
  must: 'active user' | 'user' | 'synced group';
}

/** @throws Refusal `invalid` that names each setting that contradicts itself or another one */
export function checkSettings(settings: FlowRules): void {
  const faults = stepFaults(settings);
  if (settings.minDurationSeconds > settings.maxDurationSeconds)
    faults.push(['minDurationSeconds', 'must be at most maxDurationSeconds']);
  if (settings.extension && settings.extension.maxSeconds > settings.maxDurationSeconds)
    faults.push(['extension.maxSeconds', 'must be at most maxDurationSeconds, the longest duration with extensions']);
  if (settings.extension?.approval === 'steps' && settings.steps.length === 0)
    faults.push(['extension.approval', 'must be automatic: the access flow has no steps']);
  if (settings.requesters.length === 0) faults.push(['requesters', 'must have at least one entry']);
  if (faults.length > 0)
    throw new Refusal('invalid', `${faults.map(([field, message]) => `${field} ${message}`).join('; ')}.`);
}

/**
 * Locks the users and groups that the settings refer to, until the end of the transaction.
 *
 * @returns the users by id
 * @throws Refusal `missing` for an unknown integration, `invalid` for inactive approvers and owners, unknown users, and groups
 * that are not synced
 */
export async function lockReferences(
  tx: Tx,
  integrationId: string,
  settings: Partial<FlowRules>,
): Promise<ReadonlyMap<string, KnownUser>> {
  if (!(await lockIntegration(tx, integrationId))) throw new Refusal('missing', 'No such integration.');
  const references = referencesOf(settings);
  const noId = references.find(({ id }) => !isUuid(id));
  if (noId) throw new Refusal('invalid', `${noId.field} must be a UUID.`);
  const idsOf = (isGroup: boolean) => [
    ...new Set(references.flatMap(({ id, must }) => ((must === 'synced group') === isGroup ? [id] : []))),
  ];
  const users = await lockPresent(tx, integrationId, idsOf(false));
  const groups = await lockGroups(tx, integrationId, idsOf(true));
  const isValid = {
    user: (id: string) => users.has(id),
    'active user': (id: string) => users.get(id)?.active ?? false,
    'synced group': (id: string) => groups.has(id),
  };
  const invalid = references.find(({ id, must }) => !isValid[must](id));
  if (invalid)
    throw new Refusal(
      'invalid',
      `${invalid.field} must be the id of ${invalid.must === 'active user' ? 'an' : 'a'} ${invalid.must} of this integration.`,
    );
  return users;
}

function referencesOf({ groupIds = [], eligibility, steps = [], ownerIds = [] }: Partial<FlowRules>): Reference[] {
  const terms = eligibility ? [...termsOf(eligibility, 'eligibility')] : [];
  return [
    ...groupIds.map((id, index): Reference => ({ field: `groupIds[${index}]`, id, must: 'synced group' })),
    ...ownerIds.map((id, index): Reference => ({ field: `ownerIds[${index}]`, id, must: 'active user' })),
    ...terms.flatMap(({ path, term }): Reference[] => {
      if (term.kind === 'attribute' || term.kind === 'everyone') return [];
      const must = term.kind === 'group' ? 'synced group' : 'user';
      return term.values.map((id, index) => ({ field: `${path}.values[${index}]`, id, must }));
    }),
    ...allApproverSets(steps).flatMap(([path, { approvers }]) =>
      approvers.flatMap((source, index): Reference[] => {
        if (source.kind !== 'user' && source.kind !== 'group') return [];
        const must = source.kind === 'user' ? 'active user' : 'synced group';
        return [{ field: `${path}.approvers[${index}].id`, id: source.id, must }];
      }),
    ),
  ];
}

/**
 * @param given the settings that name users now
 * @param users locked
 * @param before the flow before the change
 * @returns the counts of deactivations of the users that steps and owners name: of users that are named again, the current ones
 */
export function namedUsers(
  settings: FlowRules,
  given: Partial<FlowRules>,
  users: ReadonlyMap<string, KnownUser>,
  before?: UnnamedFlow,
): Record<string, number> {
  const idsOf = ({ steps = [], ownerIds = [] }: Partial<FlowRules>) => [
    ...ownerIds,
    ...approverSources({ steps }).flatMap((source) => (source.kind === 'user' ? [source.id] : [])),
  ];
  const now = new Set(idsOf(given));
  return Object.fromEntries(
    idsOf(settings).flatMap((id) => {
      const count = now.has(id) ? users.get(id)?.deactivations : before?.namedUsers[id];
      return count === undefined ? [] : [[id, count]];
    }),
  );
}
