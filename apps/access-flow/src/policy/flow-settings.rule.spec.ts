import { type FlowSettings } from '@tidegate/contracts';
import { any, group, manager, user } from '../approval/test/step-data.js';
import { FLOW } from './test/flow-data.js';
import { flowReferences, rulesOf, SETTING_NAMES, withDefaults } from './flow-settings.rule.js';

const given: FlowSettings = {
  name: 'Deploys',
  eligibility: { kind: 'everyone' },
  groupIds: ['deploy'],
  maxDurationSeconds: 3600,
  steps: [],
};

it('settings that are not given have their defaults', () => {
  const { version, id, integrationId, namedUsers, createdAt, createdBy, updatedBy, ...rules } = FLOW;
  expect(withDefaults(given)).toEqual(rules);
  expect([version, id, integrationId, namedUsers, createdAt, createdBy, updatedBy]).toHaveLength(7);
});

it('given settings stay', () => {
  const extension = { approval: 'automatic', maxCount: 1, maxSeconds: 60 } as const;
  expect(withDefaults({ ...given, enabled: false, priority: 9, extension, whenIneligible: 'keep' })).toMatchObject({
    enabled: false,
    priority: 9,
    extension,
    whenIneligible: 'keep',
  });
});

it('the rules of a flow are exactly its settings', () => {
  expect(Object.keys(rulesOf(FLOW)).sort()).toEqual([...SETTING_NAMES].sort());
});

it('references are the users and groups of the condition and of all lists of approvers, each once', () => {
  const references = flowReferences({
    ownerIds: ['dan', 'bob'],
    eligibility: {
      kind: 'all',
      conditions: [
        { kind: 'group', operator: 'in', values: ['sales', 'tax'] },
        { kind: 'not', condition: { kind: 'user', operator: 'is', values: ['erin'] } },
      ],
    },
    steps: [
      { ...any(user('bob'), group('security')), fallback: any(user('carol'), manager) },
      { ...any(user('bob')), escalation: { ...any(group('owners'), group('security')), afterSeconds: 3600 } },
    ],
  });
  expect(references).toEqual({
    conditionUserIds: ['erin'],
    conditionGroupIds: ['sales', 'tax'],
    approverIds: ['bob', 'carol'],
    approverGroupIds: ['security', 'owners'],
    userIds: ['erin', 'bob', 'carol', 'dan'],
    otherGroupIds: ['sales', 'tax', 'security', 'owners'],
  });
});
