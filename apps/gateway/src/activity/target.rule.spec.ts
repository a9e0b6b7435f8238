import { nameInFilter, searchableName, targetOfRequest } from './target.rule.js';

describe('the target of a request', () => {
  it.each<[string, Parameters<typeof targetOfRequest>, object | undefined]>([
    ['creating a user', ['User', undefined, { userName: 'alice' }], { name: 'alice' }],
    ['replacing a user', ['User', '1', { userName: 'alice', displayName: 'A' }], { id: '1', name: 'alice' }],
    ['creating a group', ['Group', undefined, { displayName: 'Ops' }], { name: 'Ops' }],
    ['the displayName of a user', ['User', '1', { displayName: 'Alice' }], { id: '1' }],
    ['the userName of a group', ['Group', '1', { userName: 'alice' }], { id: '1' }],
    ['a request without body', ['User', '1', undefined], { id: '1' }],
    ['a null body', ['User', undefined, null], undefined],
    ['a body that is not an object', ['User', undefined, 'alice'], undefined],
    ['a name that is not a string', ['User', undefined, { userName: 7 }], undefined],
    ['a list', ['User', undefined, undefined], undefined],
    ['a request without resource type', [null, undefined, { userName: 'alice', displayName: 'Ops' }], undefined],
    ['a request without resource type, with an id', [null, '1', { userName: 'alice' }], { id: '1' }],
  ])('%s', (_, args, target) => {
    expect(targetOfRequest(...args)).toEqual(target);
  });

  it.each<[string, Parameters<typeof nameInFilter>, string | undefined]>([
    ['a lookup of a user', ['User', 'userName eq "alice@example.com"'], 'alice@example.com'],
    ['a lookup in any case, with spaces around', ['User', ' USERNAME EQ "alice" '], 'alice'],
    ['escapes', ['Group', String.raw`displayName eq "the \"core\" \u0041"`], 'the "core" A'],
    ['the name of the other type', ['Group', 'userName eq "alice"'], undefined],
    ['another attribute', ['User', 'externalId eq "alice"'], undefined],
    ['another operator', ['User', 'userName sw "alice"'], undefined],
    ['a longer filter', ['User', 'userName eq "a" or userName eq "b"'], undefined],
    ['a wrong escape', ['User', String.raw`userName eq "\x"`], undefined],
    ['a long name', ['User', `userName eq "${'x'.repeat(1_001)}"`], undefined],
    ['two filters', ['User', ['userName eq "a"', 'userName eq "b"']], undefined],
    ['no filter', ['User', undefined], undefined],
    ['no resource type', [null, 'userName eq "alice"'], undefined],
  ])('%s', (_, args, name) => {
    expect(nameInFilter(...args)).toBe(name);
  });

  it('names of at most 1,000 characters are searchable', () => {
    expect(searchableName('x'.repeat(1_000))).toHaveLength(1_000);
    expect(searchableName('x'.repeat(1_001))).toBeUndefined();
    expect(searchableName('')).toBe('');
  });
});
