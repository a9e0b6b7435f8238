import { type ApproverSet, type ApproverSource, type Condition, type FlowSettings } from '@tidegate/contracts';
import { v7 as uuidv7 } from 'uuid';
import { TestAccessFlow } from './harness.js';
import { HOUR, Integration, type Person } from './integration.js';

const invalid = (detail: string) =>
  expect.objectContaining({ code: 'invalid', detail: expect.stringContaining(detail) });

describe('A flow is refused', () => {
  const accessFlow = TestAccessFlow.use();
  let [here, there]: Integration[] = [];
  beforeAll(async () => {
    [here, there] = [await Integration.create(accessFlow), await Integration.create(accessFlow)];
  });

  const id = (person: Person, where = here!) => where.people[person].userId;
  const user = (person: Person, where = here!): ApproverSource => ({ kind: 'user', id: id(person, where) });
  const any = (...approvers: ApproverSource[]): ApproverSet => ({ quorum: 'any', approvers });
  const group = (id: string): ApproverSource => ({ kind: 'group', id });
  const manager: ApproverSource = { kind: 'manager' };
  const later = (set: ApproverSet) => ({ ...set, afterSeconds: HOUR });
  const members = (id: string): Condition => ({ kind: 'group', operator: 'is', values: [id] });
  const nested = (depth: number): Condition =>
    depth === 0 ? { kind: 'everyone' } : { kind: 'not', condition: nested(depth - 1) };

  const CASES: [string, () => Partial<FlowSettings>, string][] = [
    [
      'a minimum above the maximum',
      () => ({ minDurationSeconds: 2 * HOUR, maxDurationSeconds: HOUR }),
      'minDurationSeconds must be',
    ],
    [
      'an extension longer than the maximum',
      () => ({ maxDurationSeconds: HOUR, extension: { approval: 'automatic', maxCount: 1, maxSeconds: 2 * HOUR } }),
      'extension.maxSeconds must be',
    ],
    [
      'an extension by steps without steps',
      () => ({ extension: { approval: 'steps', maxCount: 1, maxSeconds: 60 } }),
      'extension.approval must be automatic',
    ],
    ['no requesters', () => ({ requesters: [] }), 'requesters must'],
    [
      'a count without a number',
      () => ({ steps: [{ quorum: 'count', approvers: [user('bob')] }] }),
      'steps[0].count is required',
    ],
    ['a number without a count', () => ({ steps: [{ ...any(user('bob')), count: 1 }] }), 'steps[0].count is not used'],
    [
      'a count that cannot be reached',
      () => ({ steps: [any(user('dan')), { quorum: 'count', count: 2, approvers: [user('bob')] }] }),
      'steps[1].count cannot be reached',
    ],
    ['an approver twice', () => ({ steps: [any(user('bob'), user('bob'))] }), 'steps[0].approvers[1] repeats'],
    [
      'owners that the flow has not',
      () => ({ steps: [any({ kind: 'flow_owners' })] }),
      'steps[0].approvers[0] has no users',
    ],
    [
      'an escalation to the same approvers',
      () => ({ steps: [{ ...any(user('bob')), escalation: later(any(user('bob'))) }] }),
      'steps[0].escalation.approvers must include',
    ],
    [
      'a fallback to the same approvers',
      () => ({ steps: [{ ...any(user('bob')), fallback: any(user('bob')) }] }),
      'steps[0].fallback.approvers must differ',
    ],
    ['a manager without a fallback', () => ({ steps: [any(manager)] }), 'steps[0].fallback is required'],
    [
      'one user alone for two steps',
      () => ({ steps: [any(user('bob')), any(user('bob'))] }),
      'steps[1].approvers must include users that no earlier step needs',
    ],
    [
      'an inactive approver',
      () => ({ steps: [any(user('bob'), user('erin'))] }),
      'steps[0].approvers[1].id must be the id of an active user',
    ],
    [
      'an unknown approver',
      () => ({ steps: [any(group(uuidv7()))] }),
      'steps[0].approvers[0].id must be the id of a synced group',
    ],
    [
      'an approver of another integration in a fallback',
      () => ({ steps: [{ ...any(user('bob')), fallback: any(user('carol', there)) }] }),
      'steps[0].fallback.approvers[0].id must be',
    ],
    [
      'a group of approvers of another integration in an escalation',
      () => ({ steps: [{ ...any(user('bob')), escalation: later(any(group(there!.deploy))) }] }),
      'steps[0].escalation.approvers[0].id must be the id of a synced group of this integration',
    ],
    [
      'an inactive owner',
      () => ({ ownerIds: [id('bob'), id('erin')] }),
      'ownerIds[1] must be the id of an active user',
    ],
    [
      'a group of another integration',
      () => ({ groupIds: [here!.deploy, there!.deploy] }),
      'groupIds[1] must be the id of a synced group',
    ],
    [
      'a condition with a group of another integration',
      () => ({ eligibility: { kind: 'any', conditions: [{ kind: 'everyone' }, members(there!.deploy)] } }),
      'eligibility.conditions[1].values[0] must be the id of a synced group',
    ],
    [
      'a condition with a user of another integration',
      () => ({ eligibility: { kind: 'user', operator: 'is', values: [id('alice', there)] } }),
      'eligibility.values[0] must be the id of a user',
    ],
    ['a condition that is too deep', () => ({ eligibility: nested(5) }), 'eligibility.condition'],
    [
      'a condition with too many terms',
      () => ({
        eligibility: { kind: 'any', conditions: Array.from({ length: 101 }, () => ({ kind: 'everyone' as const })) },
      }),
      'eligibility',
    ],
    [
      'an unknown operator',
      () => ({ eligibility: { kind: 'group', operator: 'contains', values: [here!.deploy] } as never }),
      'eligibility.operator',
    ],
    [
      'a step whose group of approvers is empty',
      () => ({ steps: [any(user('bob')), any(group(here!.billing))] }),
      'steps[1].approvers must include enough active users',
    ],
  ];

  it.each(CASES)('with %s, when it is created and when it is changed', async (_, settings, detail) => {
    await expect(here!.flow(settings())).rejects.toEqual(invalid(detail));
    const flow = await here!.flow();
    await expect(here!.edit(flow, settings())).rejects.toEqual(invalid(detail));
    expect(await here!.ask('flows.get', { id: flow.id })).toMatchObject({ version: 1 });
  });

  it('with all of its faults at once', async () => {
    const settings: Partial<FlowSettings> = {
      steps: [any(manager), { ...any(user('bob')), count: 2 }],
      requesters: ['self'],
    };
    await expect(here!.flow({ ...settings, minDurationSeconds: 9 * HOUR })).rejects.toEqual(
      invalid('steps[0].fallback is required'),
    );
    await expect(here!.flow({ ...settings, minDurationSeconds: 9 * HOUR })).rejects.toEqual(
      invalid('steps[1].count is not used by the quorum any: remove it, or set quorum to count; minDurationSeconds'),
    );
  });

  it('only while it is enabled, if no user could decide a step', async () => {
    const empty = { steps: [any(group(here!.billing))] };
    const flow = await here!.flow({ ...empty, enabled: false });
    await expect(here!.edit(flow, { enabled: true })).rejects.toEqual(invalid('steps[0].approvers must include'));
    expect(await here!.edit(flow, { enabled: true, ownerIds: [id('dan')] })).toMatchObject({ enabled: true });
  });
});
