import {
  ALICE,
  ALICE_NAMES,
  FLOW,
  FLOW_NAME,
  GROUP,
  GROUP_NAME,
  INTEGRATION,
  INTEGRATION_NAME,
  MANAGER_BOB,
} from '../common/example-values.js';
import { type RequestableView } from './requestable.dto.js';

export const REQUESTABLE_EXAMPLES = {
  RequestableView: {
    integrationId: INTEGRATION,
    integrationName: INTEGRATION_NAME,
    userId: ALICE,
    ...ALICE_NAMES,
    flowId: FLOW,
    flowName: FLOW_NAME,
    groupId: GROUP,
    groupName: GROUP_NAME,
    maxDurationSeconds: 14_400,
    minDurationSeconds: 60,
    priority: 10,
    steps: [{ name: 'Manager', quorum: 'any', count: null, approvers: [MANAGER_BOB] }],
    alreadyMember: false,
    grantId: null,
    endsAt: null,
    requestId: null,
  } satisfies RequestableView,
};
