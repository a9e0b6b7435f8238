import { memberPage, netMembers, splitMembers } from './groups.rule.js';

const [A, B, C] = ['a', 'b', 'c'].map((letter) => `00000000-0000-7000-8000-00000000000${letter}`) as [
  string,
  string,
  string,
];
describe('the net result of several member changes', () => {
  const add = (...ids: string[]) => ({ kind: 'add' as const, ids });
  const remove = (...ids: string[]) => ({ kind: 'remove' as const, ids });
  const replace = (...ids: string[]) => ({ kind: 'replace' as const, ids });
  const difference = (added: string[], removed: string[]) => ({ kind: 'difference', add: added, remove: removed });

  it.each([
    ['is empty without changes', [], difference([], [])],
    ['contains every change', [add(A), remove(B)], difference([A], [B])],
    [
      'contains only the last change of a member',
      [add(A, B), remove(A), add(C), remove(C), add(C)],
      difference([B, C], [A]),
    ],
    ['is an exact list after a replacement', [add(A), replace(B), add(C), remove(B)], { kind: 'exactly', ids: [C] }],
    ['is an empty list after an empty replacement', [add(A), replace()], { kind: 'exactly', ids: [] }],
    ['is the exact list of a single replacement', [replace(B, 'nope')], { kind: 'exactly', ids: [B] }],
    ['contains a single removal', [remove(B, 'nope')], difference([], [B])],
    ['contains only valid ids', [add('nope', A, ''), remove(B.toUpperCase())], difference([A], [])],
  ])('%s', (_, changes, expected) => {
    expect(netMembers(changes)).toEqual(expected);
  });
});

it('splits a body into attributes and member ids', () => {
  const body = { displayName: 'Ops', members: [{ value: A }, { value: B }] };
  expect(splitMembers(body)).toEqual({ attributes: { displayName: 'Ops' }, ids: [A, B] });
  expect(splitMembers({ displayName: 'Ops', members: [A, B] }).ids).toEqual([A, B]);
  expect(splitMembers({ displayName: 'Ops' })).toEqual({ attributes: { displayName: 'Ops' }, ids: [] });
});

it('returns a cursor only when there are more members', () => {
  const found = [A, B, C].map((id) => ({ id, type: 'User' as const, display: '' }));
  expect(memberPage(found, 3)).toEqual({ items: found, nextMember: null });
  expect(memberPage(found, 2)).toEqual({ items: found.slice(0, 2), nextMember: B });
  expect(memberPage([], 2)).toEqual({ items: [], nextMember: null });
});
