import { type FlowRecord, type UpdatedFlow } from '@tidegate/contracts';
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
} from '../common/example-values.js';
import { type CreateFlowBody, type UpdateFlowBody } from './flows.dto.js';

const flowSettings = {
  name: FLOW_NAME,
  requesters: { kind: 'everyone' },
  groupIds: [GROUP],
  maxDurationSeconds: 14_400,
  approval: { kind: 'one_approver', approverIds: [BOB] },
} satisfies Partial<FlowRecord>;
const flow: FlowRecord = {
  id: FLOW,
  integrationId: INTEGRATION,
  integrationName: INTEGRATION_NAME,
  ...flowSettings,
  groups: [{ id: GROUP, name: GROUP_NAME }],
  requesterGroups: [],
  approvers: [BOB_REF],
  enabled: true,
  version: 1,
  createdAt: CREATED,
  createdBy: byDan,
  updatedBy: null,
};

export const FLOW_EXAMPLES = {
  CreateFlowBody: {
    integrationId: INTEGRATION,
    ...flowSettings,
    groupIds: [GROUP_NAME],
    approval: { kind: 'one_approver', approverIds: [BOB_REF.userName] },
  } satisfies CreateFlowBody,
  UpdateFlowBody: { maxDurationSeconds: 7_200 } satisfies UpdateFlowBody,
  FlowRecord: flow,
  UpdatedFlow: {
    ...flow,
    maxDurationSeconds: 7_200,
    version: 2,
    updatedBy: byDan,
    cancelledRequests: 0,
  } satisfies UpdatedFlow,
};
