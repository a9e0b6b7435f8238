import { type Approval, FLOW_LIMITS, type FlowSettings, Refusal, type Requesters } from '@tidegate/contracts';
import { durationOf, idsOf, stringOf } from '../common/input.js';

const FIELDS: { [F in keyof FlowSettings]: (value: unknown) => FlowSettings[F] } = {
  name: (value) => stringOf(value, 'name', 1, FLOW_LIMITS.nameLength),
  enabled: (value) => {
    if (typeof value !== 'boolean') throw new Refusal('invalid', 'enabled must be true or false.');
    return value;
  },
  requesters: requestersOf,
  groupIds: (value) => idsOf(value, 'groupIds', 1, FLOW_LIMITS.groups),
  maxDurationSeconds: (value) => durationOf(value, 'maxDurationSeconds'),
  approval: approvalOf,
};

/** @returns the settings of a new flow; @throws Refusal `invalid` with the name of the missing or invalid field */
export function flowSettingsOf(data: Partial<FlowSettings>): FlowSettings {
  return read(data, Object.keys(FIELDS) as (keyof FlowSettings)[]) as FlowSettings;
}

/** @returns the given settings; @throws Refusal `invalid` with the name of the invalid field */
export function flowChangesOf(data: Partial<FlowSettings> | undefined): Partial<FlowSettings> {
  const given = (Object.keys(FIELDS) as (keyof FlowSettings)[]).filter((field) => data?.[field] !== undefined);
  return read(data ?? {}, given);
}

function read(data: Partial<FlowSettings>, fields: (keyof FlowSettings)[]): Partial<FlowSettings> {
  return Object.fromEntries(fields.map((field) => [field, FIELDS[field](data[field])]));
}

function requestersOf(value: unknown): Requesters {
  const { kind, groupIds } = (value ?? {}) as { kind?: unknown; groupIds?: unknown };
  if (kind === 'everyone') return { kind };
  if (kind === 'members_of') return { kind, groupIds: idsOf(groupIds, 'requesters.groupIds', 1, FLOW_LIMITS.groups) };
  throw new Refusal('invalid', 'requesters.kind must be everyone or members_of.');
}

function approvalOf(value: unknown): Approval {
  const { kind, approverIds } = (value ?? {}) as { kind?: unknown; approverIds?: unknown };
  if (kind === 'automatic') return { kind };
  if (kind === 'one_approver')
    return { kind, approverIds: idsOf(approverIds, 'approval.approverIds', 1, FLOW_LIMITS.approvers) };
  throw new Refusal('invalid', 'approval.kind must be automatic or one_approver.');
}
