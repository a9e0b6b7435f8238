import { type Condition } from '../conditions/conditions.js';
import { ConditionField } from './conditions.js';
import { ObjectField } from './objects.js';
import { validated } from './validate.js';

class Settings {
  @ConditionField()
  eligibility: Condition;
}
class Change {
  @ConditionField({ optional: true })
  eligibility?: Condition;
  @ObjectField(() => Settings, { canBeEmpty: true })
  settings: Settings;
}

const ID = '01900000-0000-7000-8000-00000000000A';

it('a condition has ids in lower case and canonical names of attributes; other values are unchanged', () => {
  const eligibility = {
    kind: 'all',
    conditions: [
      { kind: 'not', condition: { kind: 'user', operator: 'in', values: [ID, 'Alice'] } },
      { kind: 'attribute', attribute: 'USERTYPE', operator: 'is', values: [ID] },
    ],
  };
  const before = structuredClone(eligibility);
  expect(validated(Settings, { eligibility }).eligibility).toEqual({
    kind: 'all',
    conditions: [
      { kind: 'not', condition: { kind: 'user', operator: 'in', values: [ID.toLowerCase(), 'Alice'] } },
      { kind: 'attribute', attribute: 'userType', operator: 'is', values: [ID] },
    ],
  });
  expect(eligibility).toEqual(before);
});

it.each<[string, unknown]>([
  ['eligibility must be an object', undefined],
  ['eligibility must be an object', null],
  ['eligibility must be an object', [{ kind: 'everyone' }]],
  ['eligibility.kind must be one of', {}],
  ['eligibility.constructor should not exist', { kind: 'everyone', constructor: 'x' }],
  [
    'eligibility.conditions[0].values[0] must be a string',
    all({ kind: 'user', operator: 'is', values: [{ constructor: 1 }] }),
  ],
  [
    'eligibility.conditions[1].operator must be one of',
    all({ kind: 'everyone' }, { kind: 'user', operator: 'like', values: ['x'] }),
  ],
])('an invalid condition is refused with the path of the fault: %s', (message, eligibility) => {
  const refusal = (path: string) => expect.objectContaining({ code: 'invalid', detail: expect.stringContaining(path) });
  expect(() => validated(Settings, { eligibility })).toThrow(refusal(message));
  expect(() => validated(Change, { settings: { eligibility } })).toThrow(refusal(`settings.${message}`));
});

it('an optional condition can be absent but not null', () => {
  const settings = { eligibility: { kind: 'everyone' } };
  expect(validated(Change, { settings }).eligibility).toBeUndefined();
  expect(() => validated(Change, { settings, eligibility: null })).toThrow('eligibility must be an object');
});

it('a deeply nested condition is refused without a stack overflow', () => {
  let deep: unknown = { kind: 'everyone' };
  for (let level = 0; level < 100_000; level++) deep = { kind: 'not', condition: deep };
  expect(() => validated(Settings, { eligibility: deep })).toThrow('nested too deeply');
});

function all(...conditions: unknown[]) {
  return { kind: 'all', conditions };
}
