import { allApproverSets, approverSets, approverSources, mapApprovers } from './approver-sets.js';
import { type ApprovalStep, type ApproverSource } from './commands/approval.dto.js';

const user = (id: string): ApproverSource => ({ kind: 'user', id });
const steps: ApprovalStep[] = [
  { quorum: 'any', approvers: [user('bob')] },
  {
    quorum: 'any',
    approvers: [{ kind: 'manager' }],
    fallback: { quorum: 'any', approvers: [user('carol'), user('dan')] },
    escalation: { quorum: 'any', approvers: [user('erin')], afterSeconds: 3600 },
  },
];

it('the lists of approvers of a step have their paths', () => {
  const [, { fallback, escalation }] = steps as [ApprovalStep, ApprovalStep];
  expect(approverSets(steps[1]!, 'step')).toEqual([
    ['step', steps[1]],
    ['step.fallback', fallback],
    ['step.escalation', escalation],
  ]);
  expect(allApproverSets(steps).map(([path]) => path)).toEqual([
    'steps[0]',
    'steps[1]',
    'steps[1].fallback',
    'steps[1].escalation',
  ]);
  expect(approverSources({ steps }).map((source) => ('id' in source ? source.id : source.kind))).toEqual([
    'bob',
    'manager',
    'carol',
    'dan',
    'erin',
  ]);
});

it('mapApprovers replaces the sources of all lists and nothing else', () => {
  const before = structuredClone(steps);
  const mapped = mapApprovers(steps, (source, path) => ('id' in source ? { ...source, id: path } : source));
  expect(steps).toEqual(before);
  expect(mapped).toEqual([
    { ...steps[0], approvers: [user('steps[0].approvers[0]')] },
    {
      ...steps[1],
      fallback: {
        quorum: 'any',
        approvers: [user('steps[1].fallback.approvers[0]'), user('steps[1].fallback.approvers[1]')],
      },
      escalation: { ...steps[1]!.escalation, approvers: [user('steps[1].escalation.approvers[0]')] },
    },
  ]);
});
