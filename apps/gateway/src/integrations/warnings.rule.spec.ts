import { settingsWarnings } from './warnings.rule.js';

const domain = 'acme.okta.com';

describe('warnings about settings', () => {
  it('name the other integrations of the domain', () => {
    expect(settingsWarnings({ domain, sameDomain: ['Acme Okta', 'Test'], unmatchedGroups: [] })).toEqual([
      'Other integrations also have the domain acme.okta.com: "Acme Okta", "Test". ' +
        'Each integration has its own users, groups and grants.',
    ]);
  });

  it('name unmatched groups with a dot, at most five', () => {
    const unmatchedGroups = ['a.b', 'plain', '2.', '3.', '4.', '5.', '6.'];
    expect(settingsWarnings({ domain, sameDomain: [], unmatchedGroups })).toEqual([
      'Names in groupsToSync contain a dot: "a.b", "2.", "3.", "4.", "5.", and 1 more. ' +
        'A dot is part of a name; commas separate names.',
    ]);
  });

  it('are absent for ordinary settings', () => {
    expect(settingsWarnings({ domain, sameDomain: [], unmatchedGroups: ['plain'] })).toEqual([]);
  });
});
