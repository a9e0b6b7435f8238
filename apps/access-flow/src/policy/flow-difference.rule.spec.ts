import { type ApprovalStep, type Condition, type FlowRules, PROFILE_ATTRIBUTES } from '@tidegate/contracts';
import { any, group, later, manager, user } from '../approval/test/step-data.js';
import { flowDifference } from './flow-difference.rule.js';
import { withDefaults } from './flow-settings.rule.js';

const [ENGINEERING, SALES, BOB, CAROL] = ['engineering-id', 'sales-id', 'bob-id', 'carol-id'];
const NAMES = new Map([
  [ENGINEERING, 'Engineering'],
  [SALES, 'Sales'],
  [BOB, 'bob.baker@example.com'],
  [CAROL, 'carol.clark@example.com'],
]);
const DEPARTMENT = PROFILE_ATTRIBUTES.find((name) => name.endsWith(':department'))!;
const member: Condition = { kind: 'group', operator: 'is', values: [ENGINEERING] };
const inSales: Condition = { kind: 'attribute', attribute: DEPARTMENT, operator: 'is', values: ['Sales'] };
const step: ApprovalStep = any(user(CAROL));
const BASE = withDefaults({
  name: 'Database',
  eligibility: member,
  groupIds: [ENGINEERING],
  maxDurationSeconds: 14_400,
  steps: [step],
});
const EXTENSION = { approval: 'steps', maxCount: 2, maxSeconds: 3600 } as const;

const CASES: [string, Partial<FlowRules>, Partial<FlowRules>, string[]][] = [
  ['nothing', {}, {}, []],
  ['a name', {}, { name: 'Db' }, ['name: "Database" → "Db"']],
  ['a duration', {}, { maxDurationSeconds: 7200 }, ['maxDurationSeconds: 4 hours → 2 hours']],
  ['null to a duration', {}, { pendingSeconds: 86_400 }, ['pendingSeconds: the setting of Tidegate → 1 day']],
  ['a limit to null', { maxGrantsPerUser: 3 }, {}, ['maxGrantsPerUser: 3 → no limit']],
  ['flags', {}, { enabled: false }, ['enabled: true → false']],
  [
    'a condition',
    {},
    { eligibility: { kind: 'all', conditions: [member, inSales] } },
    ['eligibility: member of Engineering → member of Engineering, and department is Sales'],
  ],
  ['groups', {}, { groupIds: [SALES] }, ['groupIds: added Sales; removed Engineering']],
  [
    'the order of groups',
    { groupIds: [SALES, ENGINEERING] },
    { groupIds: [ENGINEERING, SALES] },
    ['groupIds: Sales, Engineering → Engineering, Sales'],
  ],
  ['owners', {}, { ownerIds: [BOB] }, ['ownerIds: added bob.baker@example.com']],
  ['labels', { labels: ['a'] }, { labels: ['a', 'b'] }, ['labels: added b']],
  ['an extension', {}, { extension: EXTENSION }, ['extension: none → by the steps, 2 extensions of at most 1 hour']],
  ['an approver', {}, { steps: [any(user(CAROL), user(BOB))] }, ['steps[0].approvers: added bob.baker@example.com']],
  ['no steps', {}, { steps: [] }, ['steps[0]: removed approval by carol.clark@example.com']],
  ['a step', {}, { steps: [step, any(manager)] }, ['steps[1]: added approval by the manager']],
  [
    'parts of a step',
    {},
    {
      steps: [{ ...step, name: 'Owner', quorum: 'count', count: 2, requireReason: true, fallback: any(group(SALES)) }],
    },
    [
      'steps[0].name: added "Owner"',
      'steps[0].quorum: any → 2 users',
      'steps[0].fallback: added the members of Sales',
      'steps[0].requireReason: false → true',
    ],
  ],
  [
    'an escalation',
    { steps: [{ ...step, escalation: later(any(manager)) }] },
    { steps: [step] },
    ['steps[0].escalation: removed after 4 hours by the manager'],
  ],
  ['an id without a name', {}, { ownerIds: ['gone'] }, ['ownerIds: added gone']],
];

it.each(CASES)('describes a change of %s', (_, before, after, descriptions) => {
  const changes = flowDifference({ ...BASE, ...before }, { ...BASE, ...after }, NAMES);
  expect(changes.map(({ description }) => description)).toEqual(descriptions);
});

it('has the values before and after', () =>
  expect(flowDifference(BASE, { ...BASE, groupIds: [ENGINEERING, SALES] }, NAMES)).toEqual([
    { field: 'groupIds', before: 'Engineering', after: 'Engineering, Sales', description: 'groupIds: added Sales' },
  ]));
