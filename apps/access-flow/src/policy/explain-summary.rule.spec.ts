import { type ExplainedFlow } from '@tidegate/contracts';
import { explainSummary, type SummaryNames } from './explain-summary.rule.js';

const flow = (change: Partial<ExplainedFlow>): ExplainedFlow => ({
  flowId: 'id',
  flowName: 'Database',
  priority: 0,
  order: 1,
  chosen: false,
  allowed: false,
  obstacles: [],
  eligibility: 'everyone',
  minDurationSeconds: 60,
  maxDurationSeconds: 3600,
  requireJustification: false,
  requesters: ['self'],
  approval: [],
  steps: [],
  ...change,
});
const disabled = [{ code: 'flow_disabled', text: 'This access flow is disabled.' } as const];
const alice: SummaryNames = { user: 'alice@example.com', group: 'Deploy', asMember: false };

it.each<[ExplainedFlow[], Partial<SummaryNames>, string]>([
  [[], {}, 'No access flow offers Deploy.'],
  [[flow({}), flow({})], { user: undefined }, 'Deploy can be requested under 2 access flows.'],
  [
    [flow({}), flow({ flowName: 'Second', chosen: true, allowed: true })],
    {},
    'alice@example.com can request Deploy under the access flow Second.',
  ],
  [[flow({ allowed: true })], { asMember: true }, 'You can request Deploy under the access flow Database.'],
  [[flow({ obstacles: disabled })], {}, 'alice@example.com cannot request Deploy now: this access flow is disabled.'],
  [
    [flow({}), flow({ chosen: true, obstacles: [{ code: 'cap_reached', text: 'This user has enough.' }] })],
    { asMember: true, group: null },
    'You cannot request this group now: this user has enough.',
  ],
])('%#', (flows, names, text) => expect(explainSummary(flows, { ...alice, ...names })).toBe(text));
