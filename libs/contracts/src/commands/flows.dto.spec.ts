import { validated } from '../dto/validate.js';
import { CreateFlow, FlowSettings, UpdateFlow } from './flows.dto.js';

const id = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const ids = (count: number) => Array.from({ length: count }, (_, n) => id(n));
const valid = {
  name: ' Production ',
  enabled: true,
  requesters: { kind: 'everyone' },
  groupIds: [id(1)],
  maxDurationSeconds: 3600,
  approval: { kind: 'one_approver', approverIds: [id(10).toUpperCase()] },
};

it('the name of a flow is trimmed, and ids are in lower case', () => {
  const settings = validated(FlowSettings, valid);
  expect(settings.name).toBe('Production');
  expect(settings.approval).toEqual({ kind: 'one_approver', approverIds: [id(10)] });
});

it.each<[string, object]>([
  ['name', { name: ' ' }],
  ['name', { name: 'x'.repeat(101) }],
  ['name', { name: 'half \ud800' }],
  ['enabled', { enabled: 'false' }],
  ['requesters.kind', { requesters: { kind: 'none' } }],
  ['requesters.kind', { requesters: { kind: 'constructor' } }],
  ['requesters', { requesters: null }],
  ['requesters', { requesters: 'everyone' }],
  ['requesters', { requesters: [{ kind: 'everyone' }] }],
  ['requesters.groupIds', { requesters: { kind: 'everyone', groupIds: [id(1)] } }],
  ['requesters.groupIds', { requesters: { kind: 'members_of', groupIds: [] } }],
  ['groupIds', { groupIds: [] }],
  ['groupIds', { groupIds: ids(101) }],
  ['groupIds', { groupIds: [id(1), id(1).toUpperCase()] }],
  ['groupIds', { groupIds: ['x'] }],
  ['groupIds', { groupIds: 'x' }],
  ['maxDurationSeconds', { maxDurationSeconds: 59 }],
  ['maxDurationSeconds', { maxDurationSeconds: 2_592_001 }],
  ['maxDurationSeconds', { maxDurationSeconds: '3600' }],
  ['approval.kind', { approval: { kind: 'none' } }],
  ['approval.kind', { approval: { approverIds: [id(1)] } }],
  ['approval.approverIds', { approval: { kind: 'one_approver', approverIds: [] } }],
  ['approval.approverIds', { approval: { kind: 'one_approver', approverIds: ids(21) } }],
  ['version', { version: 2 }],
])('an invalid %s is refused with the name of the field: %j', (field, invalid) => {
  const refusal = expect.objectContaining({ code: 'invalid', detail: expect.stringContaining(`${field} `) });
  expect(() => validated(FlowSettings, { ...valid, ...invalid })).toThrow(refusal);
  expect(() => validated(UpdateFlow, invalid)).toThrow(refusal);
});

it('a new flow needs all settings except enabled, an update only the changed ones', () => {
  const flow = { ...valid, integrationId: id(2) };
  for (const field of Object.keys(flow)) {
    const create = () => validated(CreateFlow, { ...flow, [field]: undefined });
    if (field === 'enabled') expect(create().enabled).toBeUndefined();
    else expect(create).toThrow(field);
  }
  expect({ ...validated(UpdateFlow, { enabled: false }) }).toEqual({ enabled: false });
  expect({ ...validated(UpdateFlow, {}) }).toEqual({});
});
