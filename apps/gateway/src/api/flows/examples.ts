import { type CreateFlow, type FlowRecord, type UpdatedFlow, type UpdateFlow } from '@tidegate/contracts';
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

const flowSettings = {
  name: FLOW_NAME,
  requesters: { kind: 'everyone' },
  groupIds: [GROUP],
  maxDurationSeconds: 14_400,
  approval: { kind: 'one_approver', approverIds: [BOB] },
} satisfies Partial<CreateFlow>;
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
  CreateFlow: { integrationId: INTEGRATION, ...flowSettings } satisfies CreateFlow,
  UpdateFlow: { maxDurationSeconds: 7_200 } satisfies UpdateFlow,
  FlowRecord: flow,
  UpdatedFlow: {
    ...flow,
    maxDurationSeconds: 7_200,
    version: 2,
    updatedBy: byDan,
    cancelledRequests: 0,
  } satisfies UpdatedFlow,
};
