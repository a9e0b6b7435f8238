import { flowChangesOf, flowSettingsOf } from './flow-settings.rule.js';

const id = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const ids = (count: number) => Array.from({ length: count }, (_, n) => id(n));
const valid = {
  name: ' Production ',
  enabled: true,
  requesters: { kind: 'everyone' },
  groupIds: [id(1), id(1).toUpperCase()],
  maxDurationSeconds: 3600,
  approval: { kind: 'one_approver', approverIds: [id(2)] },
} as const;

it('valid settings are trimmed, deduplicated and stripped of unknown fields', () => {
  expect(flowSettingsOf({ ...valid, groupIds: [...valid.groupIds], extra: 1 } as never)).toEqual({
    ...valid,
    name: 'Production',
    groupIds: [id(1)],
  });
});

it.each<[string, object]>([
  ['name', { name: ' ' }],
  ['name', { name: 'x'.repeat(101) }],
  ['name', { name: 'half \ud800' }],
  ['enabled', { enabled: 'false' }],
  ['requesters.kind', { requesters: { kind: 'none' } }],
  ['requesters.kind', { requesters: null }],
  ['requesters.groupIds', { requesters: { kind: 'members_of', groupIds: [] } }],
  ['groupIds', { groupIds: [] }],
  ['groupIds', { groupIds: ids(101) }],
  ['groupIds', { groupIds: ['x'] }],
  ['groupIds', { groupIds: 'x' }],
  ['maxDurationSeconds', { maxDurationSeconds: 59 }],
  ['maxDurationSeconds', { maxDurationSeconds: 2_592_001 }],
  ['maxDurationSeconds', { maxDurationSeconds: '3600' }],
  ['approval.kind', { approval: { kind: 'none' } }],
  ['approval.approverIds', { approval: { kind: 'one_approver', approverIds: [] } }],
  ['approval.approverIds', { approval: { kind: 'one_approver', approverIds: ids(21) } }],
])('an invalid %s is refused with the name of the field: %j', (field, invalid) => {
  const refusal = expect.objectContaining({ code: 'invalid', detail: expect.stringContaining(`${field} must`) });
  expect(() => flowSettingsOf({ ...valid, ...invalid } as never)).toThrow(refusal);
  expect(() => flowChangesOf(invalid)).toThrow(refusal);
});

it('a new flow needs all settings, an update only the changed ones', () => {
  for (const field of Object.keys(valid))
    expect(() => flowSettingsOf({ ...valid, [field]: undefined } as never)).toThrow(field);
  expect(flowChangesOf({ enabled: false })).toEqual({ enabled: false });
  expect(flowChangesOf(undefined)).toEqual({});
});
