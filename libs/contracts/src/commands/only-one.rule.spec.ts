import { onlyOne } from './only-one.rule.js';

const FIELDS = ['grantIds', 'userId', 'flowId'] as const;

it.each([
  [{ grantIds: ['1'] }, 'grantIds'],
  [{ userId: '1', flowId: undefined }, 'userId'],
  [{ flowId: '' }, 'flowId'],
])('%j has only %s', (data, field) => expect(onlyOne(data, FIELDS)).toBe(field));

it.each([[{}], [{ userId: undefined }], [{ userId: '1', flowId: '2' }], [{ grantIds: [], userId: '1', flowId: '2' }]])(
  '%j is refused',
  (data) =>
    expect(() => onlyOne(data, FIELDS)).toThrow(
      expect.objectContaining({ code: 'invalid', detail: 'Give exactly one of grantIds, userId and flowId.' }),
    ),
);
