import { searchableName, targetOfRequest } from './target.rule.js';

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

  it('names of at most 1,000 characters are searchable', () => {
    expect(searchableName('x'.repeat(1_000))).toHaveLength(1_000);
    expect(searchableName('x'.repeat(1_001))).toBeUndefined();
    expect(searchableName('')).toBe('');
  });
});
