import { findable, targetAsked } from './target.rule.js';

describe('what a call was about', () => {
  it.each<[string, Parameters<typeof targetAsked>, object | undefined]>([
    ['a user that was to be created', ['User', undefined, { userName: 'alice' }], { name: 'alice' }],
    [
      'a user that was to be replaced',
      ['User', '1', { userName: 'alice', displayName: 'A' }],
      { id: '1', name: 'alice' },
    ],
    ['a group that was to be created', ['Group', undefined, { displayName: 'Ops' }], { name: 'Ops' }],
    ['a user is not named by its display name', ['User', '1', { displayName: 'Alice' }], { id: '1' }],
    ['a group is not named by a user name', ['Group', '1', { userName: 'alice' }], { id: '1' }],
    ['a call without a body', ['User', '1', undefined], { id: '1' }],
    ['a body that is null', ['User', undefined, null], undefined],
    ['a body that is no object', ['User', undefined, 'alice'], undefined],
    ['a name that is no text', ['User', undefined, { userName: 7 }], undefined],
    ['a list', ['User', undefined, undefined], undefined],
    ['a call of no type', [null, undefined, { userName: 'alice', displayName: 'Ops' }], undefined],
    ['a call of no type with an id', [null, '1', { userName: 'alice' }], { id: '1' }],
  ])('%s', (_, args, target) => {
    expect(targetAsked(...args)).toEqual(target);
  });

  it('a name of 1,000 characters is kept, a longer one is not', () => {
    expect(findable('x'.repeat(1_000))).toHaveLength(1_000);
    expect(findable('x'.repeat(1_001))).toBeUndefined();
    expect(findable('')).toBe('');
  });
});
