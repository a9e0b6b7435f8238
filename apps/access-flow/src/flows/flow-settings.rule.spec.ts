import { flowChangesOf, flowSettingsOf } from './flow-settings.rule.js';

const id = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const ids = (count: number) => Array.from({ length: count }, (_, n) => id(n));
const good = {
  name: ' Production ',
  enabled: true,
  requesters: { kind: 'everyone' },
  groupIds: [id(1), id(1).toUpperCase()],
  maxDurationSeconds: 3600,
  approval: { kind: 'one_approver', approverIds: [id(2)] },
} as const;

it('good settings are taken trimmed, without repeats and without what is unknown', () => {
  expect(flowSettingsOf({ ...good, groupIds: [...good.groupIds], extra: 1 } as never)).toEqual({
    ...good,
    name: 'Production',
    groupIds: [id(1)],
  });
});

it.each<[string, object]>([
  ['name', { name: ' ' }],
  ['name', { name: 'x'.repeat(101) }],
  ['name', { name: 'half \ud800' }],
  ['enabled', { enabled: 'false' }],
  ['requesters.kind', { requesters: { kind: 'nobody' } }],
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
])('a wrong %s is refused by name: %j', (field, wrong) => {
  const refusal = expect.objectContaining({ code: 'invalid', detail: expect.stringContaining(`${field} must`) });
  expect(() => flowSettingsOf({ ...good, ...wrong } as never)).toThrow(refusal);
  expect(() => flowChangesOf(wrong)).toThrow(refusal);
});

it('a new flow needs every setting, a change only those it changes', () => {
  for (const field of Object.keys(good))
    expect(() => flowSettingsOf({ ...good, [field]: undefined } as never)).toThrow(field);
  expect(flowChangesOf({ enabled: false })).toEqual({ enabled: false });
  expect(flowChangesOf(undefined)).toEqual({});
});
