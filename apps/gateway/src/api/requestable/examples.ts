import { ALICE, ALICE_NAMES, FLOW, GROUP, INTEGRATION, MANAGER_BOB } from '../common/example-values.js';
import { type RequestableView } from './requestable.dto.js';

export const REQUESTABLE_EXAMPLES = {
  RequestableView: {
    integrationId: INTEGRATION,
    integrationName: 'Acme',
    userId: ALICE,
    ...ALICE_NAMES,
    flowId: FLOW,
    flowName: 'Production database',
    groupId: GROUP,
    groupName: 'Production database',
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
