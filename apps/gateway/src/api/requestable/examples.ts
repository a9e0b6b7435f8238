import { ALICE, BOB, FLOW, GROUP, INTEGRATION } from '../common/example-values.js';
import { type RequestableView } from './requestable.dto.js';

export const REQUESTABLE_EXAMPLES = {
  RequestableView: {
    integrationId: INTEGRATION,
    integrationName: 'Acme',
    userId: ALICE,
    flowId: FLOW,
    flowName: 'Production database',
    groupId: GROUP,
    groupName: 'Production database',
    maxDurationSeconds: 14_400,
    approval: {
      kind: 'one_approver',
      approvers: [{ id: BOB, userName: 'bob.baker@example.com', displayName: 'Bob Baker' }],
    },
    alreadyMember: false,
    grantId: null,
    endsAt: null,
    requestId: null,
  } satisfies RequestableView,
};
