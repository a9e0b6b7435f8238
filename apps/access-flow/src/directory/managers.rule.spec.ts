import { EMPLOYEE_NUMBER, MANAGER_VALUE } from '@tidegate/contracts';
import {
  attributeReports,
  managerKeys,
  type ManagerKeys,
  type ManagerMatches,
  type ManagerResolution,
  resolutionOf,
} from './managers.rule.js';

const NO_KEYS = { managerValue: null, managerKey: null, emailKey: null, employeeNumber: null };

it.each<[string, Parameters<typeof managerKeys>[0], Partial<ManagerKeys>]>([
  ['a profile without values has no keys', {}, {}],
  ['the value is kept, and folded', { [MANAGER_VALUE]: 'BOB' }, { managerValue: 'BOB', managerKey: 'bob' }],
  ['an e-mail address is folded', { 'emails.value': 'Σ@Example.com' }, { emailKey: 'σ@example.com' }],
  ['an employee number is kept', { [EMPLOYEE_NUMBER]: 'A07' }, { employeeNumber: 'A07' }],
  ['empty values are none', { [MANAGER_VALUE]: '', 'emails.value': '', [EMPLOYEE_NUMBER]: '' }, {}],
  ['other types are none', { [MANAGER_VALUE]: true, [EMPLOYEE_NUMBER]: 7 }, {}],
  ['too long values are none', { [MANAGER_VALUE]: 'x'.repeat(257), 'emails.value': 'x'.repeat(257) }, {}],
])('%s', (_, attributes, keys) => {
  expect(managerKeys(attributes)).toEqual({ ...NO_KEYS, ...keys });
});

const asked: ManagerMatches = { userId: 'alice', attribute: 'email', value: 'bob@example.com', matches: null };
const bob = { id: 'bob', active: true };
const erin = { id: 'erin', active: false };
const self = { id: 'alice', active: true };

it.each<[string, Partial<ManagerMatches>, ManagerResolution]>([
  ['one active match is the manager', { matches: [bob] }, { managerId: 'bob' }],
  ['without a setting there is none', { attribute: null, matches: [bob] }, { unresolved: 'no_setting' }],
  ['without a value there is none', { value: null }, { unresolved: 'no_value' }],
  ['no match is unknown', {}, { unresolved: 'unknown' }],
  ['two matches are ambiguous', { matches: [bob, { ...bob, id: 'carol' }] }, { unresolved: 'ambiguous' }],
  ['an inactive one makes them ambiguous too', { matches: [bob, erin] }, { unresolved: 'ambiguous' }],
  ['the user makes them ambiguous too', { matches: [self, bob] }, { unresolved: 'ambiguous' }],
  ['an inactive match is no manager', { matches: [erin] }, { unresolved: 'inactive' }],
  ['nobody is their own manager', { matches: [self] }, { unresolved: 'self' }],
])('%s', (_, change, resolution) => {
  expect(resolutionOf({ ...asked, ...change })).toEqual(resolution);
});

it('a report has every attribute, with 0 for outcomes of no user', () => {
  const examples = [{ value: 'nobody', reason: 'unknown' as const, users: 8 }];
  const reports = attributeReports([{ attribute: 'email', counts: { resolved: 5, unknown: 8 }, examples }]);
  const none = { resolved: 0, unknown: 0, ambiguous: 0, inactive: 0, self: 0, examples: [] };
  expect(reports).toEqual(
    (['id', 'externalId', 'userName', 'email', 'employeeNumber'] as const).map((attribute) =>
      attribute === 'email' ? { attribute, ...none, resolved: 5, unknown: 8, examples } : { attribute, ...none },
    ),
  );
});
