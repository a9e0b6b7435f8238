import {
  type CreateFlow,
  type FlowRecord,
  type FlowRules,
  type FlowVersionRecord,
  type FlowVersionSettings,
  type UpdatedFlow,
  type UpdateFlow,
} from '@tidegate/contracts';
import {
  BOB,
  BOB_REF,
  byDan,
  CREATED,
  FLOW,
  FLOW_NAME,
  GROUP,
  GROUP_NAME,
  INTEGRATION,
  INTEGRATION_NAME,
  OPERATIONS,
  OPERATIONS_NAME,
} from '../common/example-values.js';
import { type FlowView } from './flows.dto.js';

const settings: FlowRules = {
  name: FLOW_NAME,
  enabled: true,
  priority: 10,
  labels: ['production'],
  eligibility: {
    kind: 'all',
    conditions: [
      { kind: 'group', operator: 'is', values: [OPERATIONS] },
      { kind: 'not', condition: { kind: 'attribute', attribute: 'userType', operator: 'is', values: ['Contractor'] } },
    ],
  },
  requesters: ['self', 'manager'],
  groupIds: [GROUP],
  minDurationSeconds: 60,
  maxDurationSeconds: 14_400,
  pendingSeconds: null,
  requireJustification: true,
  steps: [
    {
      name: 'Manager',
      approvers: [{ kind: 'manager' }],
      quorum: 'any',
      escalation: { approvers: [{ kind: 'group_owners' }], quorum: 'any', afterSeconds: 3_600 },
      fallback: { approvers: [{ kind: 'user', id: BOB }], quorum: 'any' },
    },
    {
      name: 'Operations',
      approvers: [{ kind: 'group', id: OPERATIONS }],
      quorum: 'count',
      count: 2,
      requireReason: true,
    },
  ],
  distinctApprovers: true,
  ownerIds: [BOB],
  extension: { approval: 'steps', maxCount: 2, maxSeconds: 3_600 },
  whenIneligible: 'end',
  maxGrantsPerUser: null,
  maxGrantsPerGroup: 10,
};
const flow: FlowRecord = {
  id: FLOW,
  integrationId: INTEGRATION,
  integrationName: INTEGRATION_NAME,
  ...settings,
  enabled: true,
  groups: [{ id: GROUP, name: GROUP_NAME }],
  users: [BOB_REF],
  otherGroups: [{ id: OPERATIONS, name: OPERATIONS_NAME }],
  version: 1,
  createdAt: CREATED,
  createdBy: byDan,
  updatedBy: null,
};

const version: FlowVersionRecord = {
  version: 2,
  savedAt: CREATED,
  savedBy: byDan,
  changes: [
    {
      field: 'maxDurationSeconds',
      before: '4 hours',
      after: '2 hours',
      description: 'maxDurationSeconds: 4 hours → 2 hours',
    },
  ],
};

export const FLOW_EXAMPLES = {
  FlowVersionRecord: version,
  FlowVersionSettings: {
    ...version,
    flowId: FLOW,
    integrationId: INTEGRATION,
    settings: { ...settings, maxDurationSeconds: 7_200 },
    users: [BOB_REF],
    groups: [{ id: GROUP, name: GROUP_NAME }],
  } satisfies FlowVersionSettings,
  CreateFlow: {
    integrationId: INTEGRATION,
    name: FLOW_NAME,
    eligibility: { kind: 'group', operator: 'is', values: [OPERATIONS_NAME] },
    groupIds: [GROUP_NAME],
    maxDurationSeconds: 14_400,
    steps: [
      {
        name: 'Manager',
        approvers: [{ kind: 'manager' }],
        quorum: 'any',
        fallback: { approvers: [{ kind: 'user', id: BOB_REF.userName }], quorum: 'any' },
      },
    ],
  } satisfies CreateFlow,
  UpdateFlow: { maxDurationSeconds: 7_200, eligibility: { kind: 'everyone' } } satisfies UpdateFlow,
  FlowRecord: flow,
  FlowView: flow satisfies FlowView,
  UpdatedFlow: {
    ...flow,
    maxDurationSeconds: 7_200,
    eligibility: { kind: 'everyone' },
    version: 2,
    updatedBy: byDan,
    cancelledRequests: 0,
    restartedRequests: 0,
    revokedGrants: 0,
  } satisfies UpdatedFlow,
};
