import { nameOfChange, newUser, type UserContent, writeUser } from './users.rule.js';

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const user = (content: Partial<UserContent> = {}): UserContent => {
  const active = content.active ?? true;
  return {
    attributes: { userName: 'alice', active },
    active,
    deactivations: 3,
    deactivatedReceivedAt: null,
    ...content,
  };
};

describe('a new user', () => {
  it.each([
    [undefined, true],
    [true, true],
    [false, false],
  ])('with active %s is %s', (said, active) => {
    const attributes = { userName: 'alice', ...(said === undefined ? {} : { active: said }) };
    expect(newUser(attributes, at(1))).toEqual({
      attributes: { userName: 'alice', active },
      active,
      deactivations: 0,
      deactivatedReceivedAt: active ? null : at(1),
    });
  });
});

describe('a write', () => {
  // before, deactivated at, said, received at → after, counted, deactivated at
  it.each([
    [true, null, undefined, 5, true, 0, null],
    [true, null, true, 5, true, 0, null],
    [true, null, false, 5, false, 1, 5],
    [true, 9, false, 5, false, 1, 9],
    [true, 9, true, 5, true, 0, 9],
    [false, 3, undefined, 5, false, 0, 3],
    [false, 3, false, 5, false, 0, 5],
    [false, 3, true, 5, true, 0, 3],
    [false, 5, true, 5, true, 0, 5],
    [false, 9, true, 5, false, 0, 9],
    [false, 9, false, 5, false, 0, 9],
    [false, null, true, 5, true, 0, null],
  ])('before %s (off at %s), said %s at %s: %s, +%s, off at %s', (was, offAt, said, time, is, counted, offAfter) => {
    const before = user({ active: was, deactivatedReceivedAt: offAt === null ? null : at(offAt) });
    const attributes = { userName: 'bob', ...(said === undefined ? {} : { active: said }) };
    expect(writeUser(before, attributes, at(time))).toEqual({
      attributes: { userName: 'bob', active: is },
      active: is,
      deactivations: 3 + counted,
      deactivatedReceivedAt: offAfter === null ? null : at(offAfter),
    });
  });
});

describe('a change is named after the status when that changed', () => {
  it.each([
    [true, true, 'user.updated'],
    [false, false, 'user.updated'],
    [true, false, 'user.deactivated'],
    [false, true, 'user.reactivated'],
  ])('%s → %s: %s', (was, is, name) => {
    expect(nameOfChange(user({ active: was }), user({ active: is }))).toBe(name);
  });
});
