import { type CreateFlow, type FlowRecord, type UpdatedFlow, type UpdateFlow } from '@tidegate/contracts';
import { BOB, byDan, CREATED, FLOW, GROUP, INTEGRATION } from '../common/example-values.js';

const flowSettings = {
  name: 'Production database',
  requesters: { kind: 'everyone' },
  groupIds: [GROUP],
  maxDurationSeconds: 14_400,
  approval: { kind: 'one_approver', approverIds: [BOB] },
} satisfies Partial<CreateFlow>;
const flow: FlowRecord = {
  id: FLOW,
  integrationId: INTEGRATION,
  ...flowSettings,
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
