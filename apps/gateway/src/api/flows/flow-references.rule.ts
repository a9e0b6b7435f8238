import { type Approval, type FlowSettings, type Requesters } from '@tidegate/contracts';
import { type Reference, references, type ReferencesByField } from '../common/references.rule.js';

/** Settings that refer to users and groups. */
type Referring = Partial<Pick<FlowSettings, 'groupIds' | 'requesters' | 'approval'>>;

/** The fields of a flow with ids or names. */
type FlowField = 'groupIds' | 'requesters.groupIds' | 'approval.approverIds';

/** @returns the ids and names in the settings of a flow, by field */
export function flowReferences({ groupIds, requesters, approval }: Referring): ReferencesByField<FlowField> {
  return {
    groupIds: references('group', groupIds),
    'requesters.groupIds': references('group', requesters?.kind === 'members_of' ? requesters.groupIds : []),
    'approval.approverIds': references('user', approval?.kind === 'one_approver' ? approval.approverIds : []),
  };
}

/** @returns the settings with the ids of the objects that they name */
export function withIds<S extends Referring>(settings: S, objects: Record<FlowField, Reference[]>): S {
  const { groupIds, requesters, approval } = settings;
  const ids = (field: FlowField) => objects[field].map(({ id }) => id);
  const eligible: Requesters | undefined =
    requesters?.kind === 'members_of' ? { ...requesters, groupIds: ids('requesters.groupIds') } : requesters;
  const approved: Approval | undefined =
    approval?.kind === 'one_approver' ? { ...approval, approverIds: ids('approval.approverIds') } : approval;
  return {
    ...settings,
    ...(groupIds && { groupIds: ids('groupIds') }),
    ...(eligible && { requesters: eligible }),
    ...(approved && { approval: approved }),
  };
}
