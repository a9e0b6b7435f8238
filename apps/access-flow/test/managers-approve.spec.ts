import { type ApproverSet, MANAGER_VALUE, type RequestReply } from '@tidegate/contracts';
import { TestAccessFlow } from './harness.js';
import { Integration, type Person } from './integration.js';

describe('The manager as approver', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  let version: number;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
    version = 1;
    const setting = { managerAttribute: 'userName', removed: false, version: 2 };
    await integration.publish('integration.updated', integration.id, setting);
  });
  afterEach(async () => expect(await accessFlow.failures()).toEqual([]));

  const profile = (person: Person, value: string) => {
    const state = { ...integration.people[person], attributes: { [MANAGER_VALUE]: value } };
    return integration.publish('user.profile.changed', state.userId, { ...state, attributesVersion: ++version });
  };
  const manages = (manager: Person, person: Person) => profile(person, integration.people[manager].userName);
  const fallback = (): ApproverSet => ({
    quorum: 'any',
    approvers: [{ kind: 'user', id: integration.people.dan.userId }],
  });
  const flow = () =>
    integration.flow({ steps: [{ quorum: 'any', approvers: [{ kind: 'manager' }], fallback: fallback() }] });
  const read = ({ id }: RequestReply) => integration.ask('requests.get', { id });
  const deciders = async (request: RequestReply) => integration.deciders(await read(request));

  it('decides the requests of their reports, and no others', async () => {
    await manages('bob', 'alice');
    const created = await flow();
    const ofAlice = await integration.request(created, 'alice');
    const ofCarol = await integration.request(created, 'carol');
    expect([await deciders(ofAlice), await deciders(ofCarol)]).toEqual([['bob'], ['dan']]);
    await expect(integration.review(ofCarol, 'bob')).rejects.toMatchObject({ code: 'notAllowed' });
    const approved = await integration.review(ofAlice, 'bob');
    expect(approved).toMatchObject({ status: 'approved', reviews: [{ sources: ['manager'] }] });
  });

  it.each<[string, (integration: Integration) => string]>([
    ['nobody', () => 'nobody@example.com'],
    ['an inactive user', ({ people }) => people.erin.userName],
    ['the requester', ({ people }) => people.alice.userName],
  ])('that resolves to %s leaves the decision to the fallback', async (_, value) => {
    await profile('alice', value(integration));
    const request = await integration.request(await flow(), 'alice');
    expect(await read(request)).toMatchObject({ undecidable: false, steps: [{ approvers: [{ tier: 'fallback' }] }] });
    expect(await integration.review(request, 'dan')).toMatchObject({ status: 'approved' });
  });

  it('who is deactivated hands pending requests to the fallback', async () => {
    await manages('bob', 'alice');
    const request = await integration.request(await flow(), 'alice');
    await integration.deactivate('bob');
    expect(await deciders(request)).toEqual(['dan']);
  });

  it('who changes decides pending requests instead of the former manager', async () => {
    await manages('bob', 'alice');
    const request = await integration.request(await flow(), 'alice');
    await manages('carol', 'alice');
    await accessFlow.reconcile();
    expect(await deciders(request)).toEqual(['carol']);
    await expect(integration.review(request, 'bob')).rejects.toMatchObject({ code: 'notAllowed' });
    expect(await integration.review(request, 'carol')).toMatchObject({ status: 'approved' });
  });
});
