import { type Approval, type FlowSettings, type Requesters } from '@tidegate/contracts';
import { withoutAbsent } from '../common/without-absent.js';
import { type ApprovalBody, type FlowSettingsBody, type RequestersBody } from './flows.dto.js';

/** @returns the settings in a validated body; properties absent there are absent here */
export function flowSettings(body: FlowSettingsBody): FlowSettings;
export function flowSettings(body: Partial<FlowSettingsBody>): Partial<FlowSettings>;
export function flowSettings({ requesters, approval, ...rest }: Partial<FlowSettingsBody>): Partial<FlowSettings> {
  const { name, enabled, groupIds, maxDurationSeconds } = rest;
  return withoutAbsent({
    name,
    enabled,
    groupIds,
    maxDurationSeconds,
    requesters: requesters && requestersOf(requesters),
    approval: approval && approvalOf(approval),
  });
}

function requestersOf({ kind, groupIds = [] }: RequestersBody): Requesters {
  return kind === 'everyone' ? { kind } : { kind, groupIds };
}

function approvalOf({ kind, approverIds = [] }: ApprovalBody): Approval {
  return kind === 'automatic' ? { kind } : { kind, approverIds };
}
