import { type FlowReply, type FlowSettings, type ObstacleCode } from '@tidegate/contracts';
import * as fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { TestAccessFlow } from './harness.js';
import { HOUR, inGroups, Integration, type Person } from './integration.js';

const refusal = (code: string) => expect.objectContaining({ code });

describe('Explanations of access', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
  });

  const id = (person: Person) => integration.people[person].userId;
  const explain = (person?: Person, data: { groupId?: string; asMember?: boolean } = {}) =>
    integration.ask('access.explain', {
      integrationId: integration.id,
      groupId: integration.deploy,
      ...(person && { userId: id(person) }),
      ...data,
    });
  const codes = async (person: Person, asMember = false) =>
    (await explain(person, { asMember })).flows.map(({ obstacles }) => obstacles.map(({ code }) => code));
  /** @returns whether `requests.create` would allow the shortest request, and under which flow */
  const tries = (person: Person, flow: FlowReply | undefined, asMember: boolean) =>
    integration
      .ask('requests.create', {
        ...(flow && { flowId: flow.id }),
        userId: id(person),
        groupId: integration.deploy,
        durationSeconds: flow?.minDurationSeconds ?? HOUR,
        justification: 'Test',
        validateOnly: true,
        ...(asMember && { memberId: id(person) }),
      })
      .then(
        ({ flowId }) => flowId,
        ({ code }: { code: string }) => {
          expect(['notAllowed', 'conflict']).toContain(code);
          return undefined;
        },
      );

  it('flows come in the order in which requests use them, disabled ones last', async () => {
    const low = await integration.flow({ name: 'low', maxDurationSeconds: 2 * HOUR });
    await integration.flow({ name: 'off', enabled: false, priority: 9 });
    await integration.flow({ name: 'other', groupIds: [integration.billing] });
    const high = await integration.flow({
      name: 'high',
      priority: 5,
      eligibility: inGroups(integration.billing),
      steps: integration.by('carol'),
    });
    const { flows, user, group, summary } = await explain('alice');
    expect(flows.map(({ flowName, order, chosen, allowed }) => [flowName, order, chosen, allowed])).toEqual([
      ['high', 1, false, false],
      ['low', 2, true, true],
      ['off', 3, false, false],
    ]);
    expect(flows.map(({ flowId }) => flowId).slice(0, 2)).toEqual([high.id, low.id]);
    expect(flows[0]!.obstacles).toEqual([
      { code: 'not_member', text: 'The user is not eligible: required: member of Billing.' },
    ]);
    expect(flows[0]).toMatchObject({
      eligibility: 'member of Billing',
      approval: [`approval by ${integration.people.carol.userName}`],
      steps: [],
    });
    expect(flows[2]!.obstacles.map(({ code }) => code)).toEqual(['flow_disabled']);
    expect([user?.userName, group.name]).toEqual([integration.people.alice.userName, 'Deploy']);
    expect(summary).toBe(`${user?.userName} can request Deploy under the access flow low.`);
  });

  it('who would decide is told for flows that allow the request', async () => {
    await integration.flow({ steps: integration.by('bob') });
    const [flow] = (await explain('alice')).flows;
    expect(flow!.steps.map(({ approvers }) => approvers.map((each) => each.id))).toEqual([[id('bob')]]);
  });

  it('without a user, the answer has no obstacles of one', async () => {
    await integration.flow({ eligibility: inGroups(integration.billing) });
    const { flows, user, summary } = await explain();
    expect(user).toBeNull();
    expect(flows).toMatchObject([{ allowed: null, chosen: false, obstacles: [], steps: [] }]);
    expect(summary).toBe('Deploy can be requested under 1 access flow.');
  });

  it('existing access and caps are told with the id of the access', async () => {
    const flow = await integration.flow({ maxGrantsPerUser: 1 });
    const request = await integration.request(flow, 'alice');
    const [explained] = (await explain('alice')).flows;
    expect(explained!.obstacles).toMatchObject([
      { code: 'existing_grant', existing: { kind: 'grant', id: request.grantId } },
      { code: 'cap_reached' },
    ]);
    const pending = await integration.request(await integration.reviewedFlow('bob'), 'carol');
    expect((await explain('carol')).flows[0]!.obstacles).toMatchObject([
      { code: 'pending_request', existing: { kind: 'request', id: pending.id } },
    ]);
  });

  it('an inactive user, an unsynced group and a disabled integration are obstacles', async () => {
    await integration.flow();
    expect(await codes('erin')).toEqual([['user_deactivated']]);
    await integration.publish('integration.updated', integration.id, { removed: false, disabled: true, version: 2 });
    expect(await codes('alice')).toEqual([['integration_disabled']]);
  });

  it('unknown users and groups, and those of other integrations, are missing', async () => {
    await integration.flow();
    const other = await Integration.create(accessFlow);
    const ask = (data: { groupId: string; userId?: string }) =>
      integration.ask('access.explain', { integrationId: integration.id, ...data });
    for (const groupId of [uuidv7(), other.deploy]) await expect(ask({ groupId })).rejects.toEqual(refusal('missing'));
    for (const userId of [uuidv7(), other.people.alice.userId])
      await expect(ask({ groupId: integration.deploy, userId })).rejects.toEqual(refusal('missing'));
    await expect(integration.ask('access.explain', { integrationId: other.id, groupId: other.deploy })).rejects.toEqual(
      refusal('missing'),
    );
  });

  it('a member learns of a flow that it cannot see only what its own facts lack', async () => {
    await integration.flow({
      name: 'Hidden name',
      eligibility: inGroups(integration.billing),
      steps: integration.by('carol'),
    });
    await integration.flow({ name: 'Disabled name', enabled: false });
    const reply = await explain('alice', { asMember: true });
    expect(reply.flows).toMatchObject([
      {
        flowId: null,
        flowName: null,
        eligibility: null,
        approval: [],
        steps: [],
        allowed: false,
        obstacles: [{ code: 'not_member', text: 'You are not eligible: you are not a member of a required group.' }],
      },
    ]);
    expect(reply.group).toEqual({ id: integration.deploy, name: null });
    expect(reply.summary).toContain('You cannot request this group now');
    for (const hidden of ['Hidden', 'Disabled', 'Billing', integration.billing, id('carol')])
      expect(JSON.stringify(reply)).not.toContain(hidden);
    await expect(explain('alice', { asMember: true, groupId: integration.billing })).resolves.toBeDefined();
  });

  it('a group that no enabled flow offers is missing for a member that cannot see it', async () => {
    await integration.flow({ enabled: false });
    await expect(explain('alice', { asMember: true })).rejects.toEqual(refusal('missing'));
  });

  it('a flow that does not let users request for themselves refuses a member, not an administrator', async () => {
    await integration.flow({ requesters: ['manager'] });
    expect(await codes('alice', true)).toEqual([['requester_not_allowed'] satisfies ObstacleCode[]]);
    expect(await codes('alice')).toEqual([[]]);
  });

  it('a request is allowed exactly when the explanation says so, under the chosen flow', async () => {
    await integration.push(integration.billing, 2, { alice: true, bob: true });
    const setting = fc.record({
      eligibility: fc.constantFrom<FlowSettings['eligibility'][]>(
        { kind: 'everyone' },
        inGroups(integration.billing),
        { kind: 'not', condition: inGroups(integration.billing) },
        { kind: 'user', operator: 'is', values: [id('carol')] },
        { kind: 'attribute', attribute: 'title', operator: 'is', values: ['Clerk'] },
      ),
      enabled: fc.boolean(),
      priority: fc.nat({ max: 2 }),
      requesters: fc.constantFrom<NonNullable<FlowSettings['requesters']>[]>(['self'], ['manager', 'others']),
      maxGrantsPerUser: fc.constantFrom(null, 1),
      maxGrantsPerGroup: fc.constantFrom(null, 1, 2),
      steps: fc.constantFrom(integration.by('dan'), integration.by('dan', 'carol'), []),
      minDurationSeconds: fc.constantFrom(60, HOUR),
      groupIds: fc.constantFrom<string[][]>([integration.deploy], [integration.deploy, integration.billing]),
    });
    const access = fc.record({
      person: fc.constantFrom<Person[]>('alice', 'bob', 'carol'),
      startsIn: fc.constantFrom(null, 30, 24 * HOUR),
    });
    const outcomes = new Set<boolean | null>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(setting, { minLength: 1, maxLength: 3 }),
        fc.array(access, { maxLength: 2 }),
        async (settings, given) => {
          const flows: FlowReply[] = [];
          for (const each of settings) flows.push(await integration.flow(each));
          for (const { person, startsIn } of given) {
            const startsAt =
              startsIn === null ? {} : { startsAt: new Date(Date.now() + startsIn * 1000).toISOString() };
            await integration.request(flows[0]!, person, { durationSeconds: HOUR, ...startsAt }).catch(() => undefined);
          }
          for (const person of ['alice', 'bob', 'carol', 'erin'] as const) {
            for (const asMember of [false, true]) {
              const explained = await explain(person, { asMember }).then(
                (reply) => reply.flows,
                // A member that sees nothing of the group.
                ({ code }: { code: string }) => (asMember && code === 'missing' ? [] : Promise.reject(new Error(code))),
              );
              const chosen = explained.find((each) => each.chosen);
              const allowed = explained.filter((each) => each.allowed).map(({ flowId }) => flowId);
              for (const flow of flows) {
                outcomes.add(allowed.includes(flow.id));
                const isPossible = (await tries(person, flow, asMember)) !== undefined;
                expect([flow.name, isPossible]).toEqual([flow.name, allowed.includes(flow.id)]);
              }
              if (chosen?.allowed) expect(await tries(person, undefined, asMember)).toBe(chosen.flowId);
            }
          }
          for (const { id: flowId, name } of flows)
            await integration.ask('flows.delete', { id: flowId, confirm: name });
        },
      ),
      { numRuns: 8 },
    );
    expect(outcomes).toEqual(new Set([true, false]));
  });
});
