import {
  allApproverSets,
  type ApproverSource,
  type FlowSettings,
  mapApprovers,
  mapCondition,
  referenceTermsOf,
} from '@tidegate/contracts';
import { type FieldReferences, type Reference, references, type ReferencesByField } from '../common/references.rule.js';

/** Settings that refer to users and groups. */
type Referring = Partial<Pick<FlowSettings, 'groupIds' | 'ownerIds' | 'eligibility' | 'steps'>>;

const valuesAt = (path: string) => `${path}.values`;
const idAt = (path: string) => `${path}.id`;

/** @returns the ids and names in the settings of a flow, by the path of their field */
export function referencesByField({
  groupIds,
  ownerIds,
  eligibility,
  steps = [],
}: Referring): ReferencesByField<string> {
  const fields: Record<string, FieldReferences> = {
    groupIds: references('group', groupIds),
    ownerIds: references('user', ownerIds),
  };
  for (const { term, path } of eligibility ? referenceTermsOf(eligibility, 'eligibility') : [])
    fields[valuesAt(path)] = references(term.kind === 'group' ? 'group' : 'user', term.values);
  for (const [path, { approvers }] of allApproverSets(steps))
    approvers.forEach((source, index) => {
      if ('id' in source) fields[idAt(`${path}.approvers[${index}]`)] = references(source.kind, source.id);
    });
  return fields;
}

/** @returns the settings with the ids of the objects that they name */
export function withIds<S extends Referring>(settings: S, objects: Readonly<Record<string, Reference[]>>): S {
  const { groupIds, ownerIds, eligibility, steps } = settings;
  const ids = (field: string) => (objects[field] ?? []).map(({ id }) => id);
  const named = (source: ApproverSource, path: string) =>
    'id' in source ? { ...source, id: ids(idAt(path))[0]! } : source;
  return {
    ...settings,
    ...(groupIds && { groupIds: ids('groupIds') }),
    ...(ownerIds && { ownerIds: ids('ownerIds') }),
    ...(eligibility && { eligibility: mapCondition(eligibility, (_, path) => ids(valuesAt(path)), 'eligibility') }),
    ...(steps && { steps: mapApprovers(steps, named) }),
  };
}
