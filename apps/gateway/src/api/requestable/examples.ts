import {
  ALICE,
  BOB_REF,
  FLOW,
  FLOW_NAME,
  GROUP,
  GROUP_NAME,
  INTEGRATION,
  INTEGRATION_NAME,
} from '../common/example-values.js';
import { type RequestableView } from './requestable.dto.js';

export const REQUESTABLE_EXAMPLES = {
  RequestableView: {
    integrationId: INTEGRATION,
    integrationName: INTEGRATION_NAME,
    userId: ALICE,
    flowId: FLOW,
    flowName: FLOW_NAME,
    groupId: GROUP,
    groupName: GROUP_NAME,
    maxDurationSeconds: 14_400,
    approval: {
      kind: 'one_approver',
      approvers: [{ id: BOB_REF.id, userName: BOB_REF.userName, displayName: BOB_REF.displayName }],
    },
    alreadyMember: false,
    grantId: null,
    endsAt: null,
    requestId: null,
  } satisfies RequestableView,
};
