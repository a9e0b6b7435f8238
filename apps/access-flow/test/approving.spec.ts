import { type ApprovalStep, type ApproverSource, type CommandData, type RequestReply } from '@tidegate/contracts';
import { TEST_ACTOR } from '@tidegate/testing';
import { TestAccessFlow } from './harness.js';
import { HOUR, Integration, type Person } from './integration.js';

type Given = Partial<
  Pick<CommandData<'requests.review'>, 'comment' | 'durationSeconds' | 'asAdministrator' | 'verdict'>
>;

const refusal = (code: string, detail = '') =>
  expect.objectContaining({ code, detail: expect.stringContaining(detail) });

describe('The approval of a request', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
  });
  afterEach(async () => {
    accessFlow.actor = TEST_ACTOR;
    expect(await accessFlow.failures()).toEqual([]);
  });

  const id = (person: Person) => integration.people[person].userId;
  const user = (person: Person): ApproverSource => ({ kind: 'user', id: id(person) });
  const request = async (steps: ApprovalStep[], data: Partial<CommandData<'requests.create'>> = {}) =>
    integration.request(await integration.flow({ steps }), 'alice', data);
  const read = ({ id }: RequestReply) => integration.ask('requests.get', { id });
  const review = ({ id: requestId }: RequestReply, person: Person, given: Given = {}) =>
    integration.ask('requests.review', { id: requestId, reviewerId: id(person), verdict: 'approve', ...given });

  it('passes its steps in order, each with its quorum, and a person acts in one step only', async () => {
    const both = [user('bob'), user('carol')];
    const made = await request([
      { quorum: 'count', count: 2, approvers: both },
      { name: 'Security', quorum: 'any', approvers: [user('carol'), user('dan')] },
    ]);
    expect(made).toMatchObject({ step: 0, steps: [{ status: 'open' }, { status: 'waiting', approvers: [] }] });
    await expect(review(made, 'dan')).rejects.toEqual(refusal('notAllowed', 'not an approver'));
    const first = await review(made, 'bob');
    expect(first).toMatchObject({ status: 'pending', step: 0, grantId: null });
    await expect(review(made, 'bob')).rejects.toEqual(refusal('conflict', 'already reviewed'));
    const second = await review(made, 'carol');
    expect(second.version).toBeGreaterThan(first.version);
    expect(second).toMatchObject({ step: 1, steps: [{ status: 'approved' }, { status: 'open', name: 'Security' }] });
    expect(integration.deciders(second)).toEqual(['dan']);
    await expect(review(made, 'carol')).rejects.toEqual(refusal('conflict', 'earlier step'));
    const approved = await review(made, 'dan');
    expect(approved).toMatchObject({ status: 'approved', steps: [{ status: 'approved' }, { status: 'approved' }] });
    expect(approved.reviews.map(({ step, sources, counts }) => [step, sources, counts])).toEqual([
      [0, ['user'], true],
      [0, ['user'], true],
      [1, ['user'], true],
    ]);
    expect(await integration.grant(approved)).toMatchObject({ status: 'activating' });
  });

  it('ends with a denial in any step', async () => {
    const made = await request([...integration.by('bob'), ...integration.by('carol')]);
    await review(made, 'bob');
    const denied = await review(made, 'carol', { verdict: 'deny', comment: 'not now' });
    expect(denied).toMatchObject({
      status: 'denied',
      grantId: null,
      steps: [{ status: 'approved' }, { status: 'denied' }],
    });
  });

  it('lets a person act in two steps when the flow says so', async () => {
    const steps = [...integration.by('bob'), ...integration.by('bob')];
    const made = await integration.request(await integration.flow({ steps, distinctApprovers: false }), 'alice');
    await review(made, 'bob');
    expect(await review(made, 'bob')).toMatchObject({ status: 'approved' });
  });

  it('is decided by those who are members of the group when they decide, not by members by grant', async () => {
    const { billing } = integration;
    await integration.push(billing, 2, { bob: true, carol: true });
    await integration.requestAccess('dan', { groupId: billing });
    const made = await request([{ quorum: 'any', approvers: [{ kind: 'group', id: billing }] }]);
    expect(integration.deciders(made)).toEqual([billing]);
    await integration.push(billing, 3, { bob: false });
    for (const person of ['bob', 'dan'] as const)
      await expect(review(made, person)).rejects.toEqual(refusal('notAllowed', 'not an approver'));
    expect(await review(made, 'carol')).toMatchObject({ status: 'approved', reviews: [{ sources: ['group'] }] });
  });

  it.each<[string, object]>([
    ['deactivated', { active: false }],
    ['deleted', { active: false, deleted: true }],
  ])('goes to the administrators when the last members of a group of approvers are %s', async (_, change) => {
    const { billing } = integration;
    await integration.push(billing, 2, { bob: true, carol: true });
    const made = await request([{ quorum: 'any', approvers: [{ kind: 'group', id: billing }] }]);
    const events = (['bob', 'carol'] as const).map((person) =>
      integration.userEvent(integration.next(person, change), 'user.deactivated'),
    );
    await Promise.all(events.map((event) => accessFlow.handleEvent(event)));
    await accessFlow.runApprovers();
    const updated = await read(made);
    expect(updated).toMatchObject({ status: 'pending', undecidable: true });
    expect(integration.deciders(updated)).toEqual(['administrators']);
  });

  it('goes to the owners of the group, and follows a change of them', async () => {
    const set = (...people: Person[]) =>
      integration.ask('owners.set', { groupId: integration.deploy, userIds: people.map(id) });
    await set('bob');
    const made = await request([{ quorum: 'any', approvers: [{ kind: 'group_owners' }] }]);
    expect(integration.deciders(made)).toEqual(['bob']);
    await set('carol');
    await accessFlow.runApprovers();
    expect(integration.deciders(await read(made))).toEqual(['carol']);
    await expect(review(made, 'bob')).rejects.toEqual(refusal('notAllowed'));
    expect(await review(made, 'carol')).toMatchObject({ status: 'approved', reviews: [{ sources: ['group_owners'] }] });
  });

  it('goes to the owners of the flow when its approvers have left', async () => {
    const flow = await integration.flow({ steps: integration.by('bob'), ownerIds: [id('dan')] });
    const made = await integration.request(flow, 'alice');
    await expect(review(made, 'dan')).rejects.toEqual(refusal('notAllowed'));
    await integration.deactivate('bob');
    const updated = await read(made);
    expect(integration.deciders(updated)).toEqual(['dan']);
    expect(updated).toMatchObject({ undecidable: false, steps: [{ approvers: [{ tier: 'flow_owners' }] }] });
    expect(await review(made, 'dan')).toMatchObject({ status: 'approved', reviews: [{ sources: ['flow_owners'] }] });
  });

  it('with a shorter duration gives a shorter grant, and never a longer one', async () => {
    const made = await request([{ quorum: 'count', count: 2, approvers: [user('bob'), user('carol')] }]);
    await expect(review(made, 'bob', { durationSeconds: HOUR + 1 })).rejects.toEqual(refusal('invalid', 'shorten'));
    expect(await review(made, 'bob', { durationSeconds: 600 })).toMatchObject({ approvedSeconds: 600 });
    const grant = await integration.grant(await review(made, 'carol', { durationSeconds: 1200 }));
    expect(Date.parse(grant.endsAt) - Date.parse(grant.startsAt)).toBe(600_000);
  });

  it('needs a comment where the step requires a reason', async () => {
    const [step] = integration.by('bob');
    const made = await request([{ ...step!, requireReason: true }]);
    await expect(review(made, 'bob')).rejects.toEqual(refusal('invalid', 'comment is required'));
    expect(await review(made, 'bob', { comment: 'On call' })).toMatchObject({ reviews: [{ comment: 'On call' }] });
  });

  it('can come from its own requester only where the step allows it, in person', async () => {
    const [step] = integration.by('alice', 'bob');
    const made = await request([{ ...step!, allowSelf: true }]);
    expect(integration.deciders(made)).toEqual(['alice', 'bob']);
    await expect(review(made, 'alice')).rejects.toEqual(refusal('notAllowed', 'own requests'));
    accessFlow.actor = { kind: 'person', issuer: 'https://acme.okta.com', subject: 'a', userId: id('alice') };
    expect(await review(made, 'alice')).toMatchObject({ status: 'approved' });
  });

  it('is made by an administrator without a user only when no user can decide', async () => {
    const made = await request(integration.by('bob'));
    const decide = (who: string, userId?: string) => {
      accessFlow.actor = { kind: 'person', issuer: 'https://acme.okta.com', subject: who, ...(userId && { userId }) };
      return integration.ask('requests.review', { id: made.id, verdict: 'approve', asAdministrator: true });
    };
    await expect(decide('admin')).rejects.toEqual(refusal('notAllowed', 'not an approver'));
    accessFlow.actor = TEST_ACTOR;
    await integration.deactivate('bob');
    expect(await read(made)).toMatchObject({ undecidable: true });
    await expect(decide('alice', id('alice'))).rejects.toEqual(refusal('notAllowed', 'own requests'));
    accessFlow.actor = { kind: 'apiKey', keyId: 'k', name: 'key' };
    await expect(integration.ask('requests.review', { id: made.id, verdict: 'approve' })).rejects.toEqual(
      refusal('notAllowed'),
    );
    expect(await decide('admin')).toMatchObject({
      status: 'approved',
      reviews: [{ reviewerId: null, reviewerName: null, sources: ['administrators'] }],
    });
  });

  it('is made by an administrator with a user only as administrator', async () => {
    const made = await request(integration.by('bob'));
    await integration.deactivate('bob');
    await expect(review(made, 'dan')).rejects.toEqual(refusal('notAllowed', 'not an approver'));
    expect(await review(made, 'dan', { asAdministrator: true })).toMatchObject({
      status: 'approved',
      reviews: [{ reviewerId: id('dan'), sources: ['administrators'] }],
    });
  });
});
