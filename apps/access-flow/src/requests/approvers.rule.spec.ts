import { type ApprovalStep } from '@tidegate/contracts';
import { any, group, groupOwners, manager, user } from '../approval/test/step-data.js';
import { type Candidates } from '../approval/routing.rule.js';
import { ADMINISTRATORS } from './request-approver.entity.js';
import { approversOf, isSameList } from './approvers.rule.js';

const NOBODY: Candidates = { step: [], fallback: [], escalation: [], flow_owners: [] };
const step: ApprovalStep = {
  ...any(user('bob'), group('security'), manager),
  fallback: any(groupOwners),
  escalation: { ...any(user('erin')), afterSeconds: 3600 },
};
const short = (approvers: ReturnType<typeof approversOf>) =>
  approvers.map(({ tier, entry, kind, approverId, source }) => [tier, entry, kind, approverId, source]);

describe('The approvers of a step', () => {
  it('are users by their source; a group is one approver, without its members', () => {
    const candidates = { ...NOBODY, step: [['bob'], ['carol', 'dan'], ['dan']] };
    expect(short(approversOf(step, ['step'], candidates))).toEqual([
      ['step', 0, 'user', 'bob', 'user'],
      ['step', 1, 'group', 'security', 'group'],
      ['step', 2, 'user', 'dan', 'manager'],
    ]);
  });

  it('do not include groups and sources without anybody', () => {
    expect(approversOf(step, ['step'], { ...NOBODY, step: [[], [], []] })).toEqual([]);
  });

  it('are those of all open tiers', () => {
    const candidates = { ...NOBODY, step: [['bob']], fallback: [['carol']], escalation: [['erin']] };
    expect(short(approversOf(step, ['fallback', 'escalation'], candidates))).toEqual([
      ['fallback', 0, 'user', 'carol', 'group_owners'],
      ['escalation', 0, 'user', 'erin', 'user'],
    ]);
  });

  it('are the owners of the flow, or the administrators, of these tiers', () => {
    expect(short(approversOf(step, ['flow_owners'], { ...NOBODY, flow_owners: ['dan'] }))).toEqual([
      ['flow_owners', 0, 'user', 'dan', 'flow_owners'],
    ]);
    expect(short(approversOf(step, ['administrators'], NOBODY))).toEqual([
      ['administrators', 0, 'administrators', ADMINISTRATORS, 'administrators'],
    ]);
  });
});

describe('Two lists of approvers', () => {
  const [one, two] = approversOf(any(user('bob'), user('carol')), ['step'], { ...NOBODY, step: [['bob'], ['carol']] });

  it.each([
    ['in another order', [one!, two!], [two!, one!], true],
    ['with one less', [one!, two!], [one!], false],
    ['with another user', [one!], [two!], false],
    ['with another tier', [one!], [{ ...one!, tier: 'fallback' as const }], false],
    ['with another entry', [one!], [{ ...one!, entry: 1 }], false],
    ['without approvers', [], [], true],
  ])('%s', (_, a, b, same) => {
    expect(isSameList(a, b)).toBe(same);
  });
});
