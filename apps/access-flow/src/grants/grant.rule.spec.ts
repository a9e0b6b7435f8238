import { type GrantStatus } from '@tidegate/contracts';
import { beforeBecoming, desired } from './grant.rule.js';

describe('The machine of grants', () => {
  it.each<[GrantStatus, GrantStatus[]]>([
    ['scheduled', []],
    ['activating', ['scheduled']],
    ['active', ['activating']],
    ['revoking', ['scheduled', 'activating', 'active']],
    ['ended', ['revoking']],
  ])('%s is reached from %j alone', (status, from) => {
    expect(beforeBecoming(status)).toEqual(from);
  });
});

describe('What a target shall have', () => {
  it.each<[GrantStatus[], boolean, 'present' | 'absent']>([
    [[], true, 'absent'],
    [['activating'], true, 'present'],
    [['active'], true, 'present'],
    [['revoking'], true, 'absent'],
    [['scheduled'], true, 'absent'],
    [['revoking', 'active'], true, 'present'],
    [['active', 'activating'], false, 'absent'],
  ])('grants %j of a user who may hold them: %s → %s', (statuses, mayHold, expected) => {
    expect(desired(statuses, mayHold)).toBe(expected);
  });
});
