import { validated } from '../dto/validate.js';
import { CreateFlow, FlowSettings, UpdateFlow } from './flows.dto.js';

const id = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const ids = (count: number) => Array.from({ length: count }, (_, n) => id(n));
const user = (n: number) => ({ kind: 'user', id: id(n) });
const step = { quorum: 'any', approvers: [{ kind: 'user', id: id(10).toUpperCase() }] };
const valid = {
  name: ' Production ',
  enabled: true,
  eligibility: { kind: 'everyone' },
  groupIds: [id(1)],
  maxDurationSeconds: 3600,
  steps: [step],
};

it('the name of a flow is trimmed, and ids are in lower case', () => {
  const settings = validated(FlowSettings, valid);
  expect(settings.name).toBe('Production');
  expect(settings.steps).toEqual([{ quorum: 'any', approvers: [user(10)] }]);
});

it.each<[string, object]>([
  ['name', { name: ' ' }],
  ['name', { name: 'x'.repeat(101) }],
  ['name', { name: 'half \ud800' }],
  ['enabled', { enabled: 'false' }],
  ['eligibility.kind', { eligibility: { kind: 'none' } }],
  ['eligibility', { eligibility: null }],
  ['eligibility.values', { eligibility: { kind: 'group', operator: 'in', values: [] } }],
  ['eligibility.operator', { eligibility: { kind: 'group', operator: 'contains', values: [id(1)] } }],
  ['priority', { priority: 1_001 }],
  ['labels', { labels: ['x'.repeat(51)] }],
  ['requesters', { requesters: [] }],
  ['requesters', { requesters: ['nobody'] }],
  ['groupIds', { groupIds: [] }],
  ['groupIds', { groupIds: ids(101) }],
  ['groupIds', { groupIds: [id(1), id(1).toUpperCase()] }],
  ['groupIds', { groupIds: 'x' }],
  ['maxDurationSeconds', { maxDurationSeconds: 59 }],
  ['maxDurationSeconds', { maxDurationSeconds: 2_592_001 }],
  ['maxDurationSeconds', { maxDurationSeconds: '3600' }],
  ['steps', { steps: null }],
  ['steps', { steps: Array.from({ length: 6 }, () => step) }],
  ['steps.0.approvers', { steps: [{ quorum: 'any', approvers: [] }] }],
  ['steps.0.approvers', { steps: [{ quorum: 'any', approvers: Array.from({ length: 21 }, (_, n) => user(n)) }] }],
  ['steps.0.approvers.0.kind', { steps: [{ quorum: 'any', approvers: [{ kind: 'none' }] }] }],
  ['steps.0.approvers.0.id', { steps: [{ quorum: 'any', approvers: [{ kind: 'manager', id: id(1) }] }] }],
  ['steps.0.quorum', { steps: [{ quorum: 'most', approvers: [user(1)] }] }],
  ['steps.0.count', { steps: [{ quorum: 'count', count: 11, approvers: [user(1)] }] }],
  ['steps.0.escalation.afterSeconds', { steps: [{ ...step, escalation: { ...step, afterSeconds: 59 } }] }],
  ['ownerIds', { ownerIds: ids(21) }],
  ['extension.approval', { extension: { approval: 'none', maxCount: 1, maxSeconds: 60 } }],
  ['extension.maxCount', { extension: { approval: 'automatic', maxCount: 0, maxSeconds: 60 } }],
  ['whenIneligible', { whenIneligible: 'ask' }],
  ['maxGrantsPerUser', { maxGrantsPerUser: 0 }],
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
  expect({ ...validated(UpdateFlow, { extension: null }) }).toEqual({ extension: null });
});
