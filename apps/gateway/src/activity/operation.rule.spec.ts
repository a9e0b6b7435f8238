import { actOf, bulkAct, isConnectionTest, isLogged, milestonesOf, resultOf } from './operation.rule.js';

const ok = (method: string, route: string, { isTest = false, inactive = false } = {}) =>
  milestonesOf(actOf(method, route), 'ok', isTest, inactive);

it.each([
  ['POST', '/Users', 'create', 'User'],
  ['PUT', '/Users/:id', 'replace', 'User'],
  ['PATCH', '/Groups/:id', 'patch', 'Group'],
  ['DELETE', '/Groups/:id', 'delete', 'Group'],
  ['GET', '/Users', 'list', 'User'],
  ['HEAD', '/Users/:id', 'get', 'User'],
  ['POST', '/Users/.search', 'search', 'User'],
  ['POST', '/.search', 'search', null],
  ['GET', '', 'list', null],
  ['POST', '/Bulk', 'bulk', null],
  ['GET', '/Schemas/:id', 'discover', null],
  ['GET', '/ServiceProviderConfig', 'discover', null],
])('%s %s is logged as %s of %s', (method, route, operation, resourceType) =>
  expect(actOf(method, route)).toEqual({ operation, resourceType }),
);

it('an operation of a bulk request is logged by its method', () => {
  expect(bulkAct('PATCH', 'Group')).toEqual({ operation: 'patch', resourceType: 'Group' });
  expect(bulkAct(undefined, undefined)).toEqual({ operation: 'bulk', resourceType: null });
});

it.each([
  [200, 'ok'],
  [204, 'ok'],
  [304, 'ok'],
  [400, 'refused'],
  [401, 'refused'],
  [409, 'refused'],
  [413, 'refused'],
  [429, 'failed'],
  [500, 'failed'],
])('%d is %s', (status, result) => expect(resultOf(status)).toBe(result));

it.each([
  ['/Users', { startIndex: '1', count: '2' }, true],
  ['/Groups', { startIndex: '1', count: '100' }, true],
  ['/Users', { startIndex: '1', count: '100' }, false],
  ['/Users', { startIndex: '1', count: '2', filter: 'userName eq "a"' }, false],
  ['/Users', {}, false],
  ['/Users/:id', { startIndex: '1', count: '2' }, false],
  ['', { startIndex: '1', count: '2' }, false],
])('%s with %j is a connection test: %s', (route, query, expected) =>
  expect(isConnectionTest(actOf('GET', route), query)).toBe(expected),
);

it('writes, refusals and connection tests are logged, other reads are not', () => {
  expect(isLogged(actOf('PATCH', '/Users/:id'), 'ok', false)).toBe(true);
  expect(isLogged(actOf('POST', '/Bulk'), 'ok', false)).toBe(true);
  expect(isLogged(actOf('GET', '/Users/:id'), 'refused', false)).toBe(true);
  expect(isLogged(actOf('GET', '/Users'), 'ok', true)).toBe(true);
  expect(isLogged(actOf('GET', '/Users'), 'ok', false)).toBe(false);
  expect(isLogged(actOf('POST', '/.search'), 'ok', false)).toBe(false);
});

it('derives the milestones of a call', () => {
  expect(ok('GET', '/Users')).toEqual(['call']);
  expect(ok('GET', '/Users', { isTest: true })).toEqual(['call', 'users_tested']);
  expect(ok('GET', '/Groups', { isTest: true })).toEqual(['call', 'groups_tested']);
  expect(ok('POST', '/Users')).toEqual(['call', 'user_pushed']);
  expect(ok('PUT', '/Users/:id', { inactive: true })).toEqual(['call', 'user_pushed', 'user_deactivated']);
  expect(ok('DELETE', '/Users/:id')).toEqual(['call', 'user_pushed', 'user_deactivated']);
  expect(ok('DELETE', '/Groups/:id')).toEqual(['call', 'group_pushed']);
  expect(ok('GET', '/Users/:id', { inactive: true })).toEqual(['call']);
  expect(milestonesOf(actOf('POST', '/Users'), 'refused', false, false)).toEqual(['call']);
});
