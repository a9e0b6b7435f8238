import { type GrantStatus } from '@tidegate/contracts';
import { beforeBecoming, desired } from './grant.rule.js';

describe('Transitions of grants', () => {
  it.each<[GrantStatus, GrantStatus[]]>([
    ['scheduled', []],
    ['activating', ['scheduled']],
    ['active', ['activating']],
    ['revoking', ['scheduled', 'activating', 'active']],
    ['ended', ['revoking']],
  ])('%s is reached only from %j', (status, from) => {
    expect(beforeBecoming(status)).toEqual(from);
  });
});

describe('The desired membership', () => {
  it.each<[GrantStatus[], boolean, 'present' | 'absent']>([
    [[], true, 'absent'],
    [['scheduled'], true, 'absent'],
    [['activating'], true, 'present'],
    [['active'], true, 'present'],
    [['revoking'], true, 'absent'],
    [['ended'], true, 'absent'],
    [['revoking', 'active'], true, 'present'],
    [['active', 'activating'], false, 'absent'],
  ])('grants %j, active user %s: %s', (statuses, isActive, expected) => {
    expect(desired(statuses, isActive)).toBe(expected);
  });
});
