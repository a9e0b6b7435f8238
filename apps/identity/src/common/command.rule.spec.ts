import { BEFORE_ALL, type Command, MAX_PAGE, Refusal } from '@tidegate/contracts';
import { DEFAULT_PROFILE, ScimError, type ScimProfile } from '@tidegate/scim';
import { TEST_ACTOR } from '@tidegate/testing';
import { clamp, cursorId, expectVersion, oneIntegration, sliceOf, typesOf } from './command.rule.js';

const ID = '0192f000-0000-7000-8000-000000000001';
const command = (change: Partial<Command>) => ({ name: 'users.create', integrationIds: [ID], ...change }) as Command;
const INVALID = expect.objectContaining({ code: 'invalid' });

describe('the integration of a command for exactly one integration', () => {
  it('is the only id', () => expect(oneIntegration(command({}))).toBe(ID));
  it.each([[[]], [[ID, 'other']]])('is refused for the ids %j', (integrationIds) => {
    const read = () => oneIntegration(command({ integrationIds }));
    expect(read).toThrow(Refusal);
    expect(read).toThrow('users.create requires exactly one integration.');
  });
});

describe('a page', () => {
  it.each<[Parameters<typeof sliceOf>[0], ReturnType<typeof sliceOf>]>([
    [{ limit: 10 }, { after: BEFORE_ALL, limit: 10 }],
    [
      { cursor: '', limit: 10 },
      { after: BEFORE_ALL, limit: 10 },
    ],
    [
      { cursor: ID, limit: 10 },
      { after: ID, limit: 10 },
    ],
    [{ limit: 0 }, { after: BEFORE_ALL, limit: 1 }],
    [{ limit: -1 }, { after: BEFORE_ALL, limit: 1 }],
    [{ limit: MAX_PAGE + 1 }, { after: BEFORE_ALL, limit: MAX_PAGE }],
    [{ limit: NaN }, { after: BEFORE_ALL, limit: 1 }],
  ])('of the query %j is %j', (query, slice) => {
    expect(sliceOf(query)).toEqual(slice);
  });
  it.each(['1', 'x', `${ID}x`, ID.slice(1)])('refuses the cursor %j', (cursor) => {
    expect(() => cursorId(cursor)).toThrow(INVALID);
    expect(() => sliceOf({ cursor, limit: 1 })).toThrow(INVALID);
  });
});

it.each([
  [5, 5],
  [1, 1],
  [9, 9],
  [0, 1],
  [10, 9],
  [5.9, 5],
  [0.9, 1],
  [Infinity, 9],
  [-Infinity, 1],
  [NaN, 1],
])('clamp(%d, 1, 9) is %d', (value, expected) => {
  expect(clamp(value, 1, 9)).toBe(expected);
});

describe('a write to a resource with version 7', () => {
  it.each([[undefined], ['*' as const], [[7]], [[6, 7]]])('is accepted with If-Match %j', (ifMatch) => {
    expect(() => expectVersion(ifMatch, 7)).not.toThrow();
  });
  it.each([[[]], [[6]], [[6, 8]]])('is refused with If-Match %j, and the error contains the version', (ifMatch) => {
    const write = () => expectVersion(ifMatch, 7);
    expect(write).toThrow(ScimError);
    expect(write).toThrow(
      expect.objectContaining({ code: 'preconditionFailed', detail: expect.stringContaining('W/"7"') }),
    );
  });
});

it('the resource types follow the profile of the integration, or else the default profile', () => {
  const scim: ScimProfile = { ...DEFAULT_PROFILE, dialect: 'strict' };
  expect(typesOf(command({ context: { actor: TEST_ACTOR, scim } })).User.dialect).toBe('strict');
  expect(typesOf(command({ context: { actor: TEST_ACTOR } })).User.dialect).toBe(DEFAULT_PROFILE.dialect);
});
