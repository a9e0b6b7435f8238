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
  ])('with active: %s has the status %s', (sent, active) => {
    const attributes = { userName: 'alice', ...(sent === undefined ? {} : { active: sent }) };
    expect(newUser(attributes, at(1))).toEqual({
      attributes: { userName: 'alice', active },
      active,
      deactivations: 0,
      deactivatedReceivedAt: active ? null : at(1),
    });
  });
});

describe('a write', () => {
  // active before, deactivated at, sent value, received at → active after, added to the counter, deactivated at
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
  ])('active %s (deactivated at %s), sent %s at %s → active %s, counter +%s, deactivated at %s', (...row) => {
    const [was, offAt, sent, time, is, counted, offAfter] = row;
    const before = user({ active: was, deactivatedReceivedAt: offAt === null ? null : at(offAt) });
    const attributes = { userName: 'bob', ...(sent === undefined ? {} : { active: sent }) };
    expect(writeUser(before, attributes, at(time))).toEqual({
      attributes: { userName: 'bob', active: is },
      active: is,
      deactivations: 3 + counted,
      deactivatedReceivedAt: offAfter === null ? null : at(offAfter),
    });
  });
});

describe('the event of a change is named after the change of status, if there is one', () => {
  it.each([
    [true, true, 'user.updated'],
    [false, false, 'user.updated'],
    [true, false, 'user.deactivated'],
    [false, true, 'user.reactivated'],
  ])('%s → %s: %s', (was, is, name) => {
    expect(nameOfChange(user({ active: was }), user({ active: is }))).toBe(name);
  });
});
