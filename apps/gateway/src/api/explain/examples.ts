import { type AccessExplanation } from '@tidegate/contracts';
import { ALICE, ALICE_NAMES, FLOW, FLOW_NAME, GROUP, GROUP_NAME, INTEGRATION } from '../common/example-values.js';
import { type ExplainAccessBody } from './explain.dto.js';

export const EXPLAIN_EXAMPLES = {
  ExplainAccessBody: {
    integrationId: INTEGRATION,
    groupId: GROUP_NAME,
    userId: ALICE_NAMES.userName,
  } satisfies ExplainAccessBody,
  AccessExplanation: {
    integrationId: INTEGRATION,
    group: { id: GROUP, name: GROUP_NAME },
    user: { id: ALICE, userName: ALICE_NAMES.userName, displayName: ALICE_NAMES.userDisplayName, active: true },
    flows: [
      {
        flowId: FLOW,
        flowName: FLOW_NAME,
        priority: 0,
        order: 1,
        chosen: false,
        allowed: false,
        obstacles: [{ code: 'not_member', text: 'The user is not eligible: required: member of Engineering.' }],
        eligibility: 'member of Engineering',
        minDurationSeconds: 60,
        maxDurationSeconds: 14_400,
        requireJustification: false,
        requesters: ['self'],
        approval: ['Manager: approval by the manager'],
        steps: [],
      },
    ],
    summary:
      'alice.archer@example.com cannot request Production database now: the user is not eligible: required: member of ' +
      'Engineering.',
  } satisfies AccessExplanation,
};
