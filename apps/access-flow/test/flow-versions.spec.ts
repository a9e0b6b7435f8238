import { v7 as uuidv7 } from 'uuid';
import { TestAccessFlow } from './harness.js';
import { HOUR, Integration } from './integration.js';

const refusal = (code: string) => expect.objectContaining({ code });

describe('Versions of flows', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
  });

  const versions = (id: string, page: { limit?: number; cursor?: string } = {}) =>
    integration.ask('flows.versions', { id, limit: 50, ...page });
  const described = async (id: string) =>
    (await versions(id)).items.map(({ version, changes }) => [
      version,
      ...changes.map(({ description }) => description),
    ]);

  it('every save keeps a version, with its actor and what changed, by name', async () => {
    const { userId, userName } = integration.people.dan;
    const before = accessFlow.actor;
    const flow = await integration.flow({ steps: integration.by('carol') });
    accessFlow.actor = { kind: 'person', issuer: 'https://acme.okta.com', subject: 'dan', userId };
    await integration
      .edit(flow, { maxDurationSeconds: 2 * HOUR, steps: integration.by('carol', 'bob') })
      .finally(() => (accessFlow.actor = before));
    await integration.edit(flow, { groupIds: [integration.deploy] });
    expect(await described(flow.id)).toEqual([
      [3, 'groupIds: removed Billing'],
      [2, 'maxDurationSeconds: 8 hours → 2 hours', `steps[0].approvers: added ${integration.people.bob.userName}`],
      [1],
    ]);
    const { items } = await versions(flow.id);
    expect(items.map(({ savedBy }) => savedBy)).toEqual([
      before,
      expect.objectContaining({ userId, userName }),
      before,
    ]);
  });

  it('pages describe the same changes as the whole list', async () => {
    const flow = await integration.flow();
    for (const priority of [1, 2, 3]) await integration.edit(flow, { priority });
    const whole = (await versions(flow.id)).items;
    const paged = [];
    let cursor: string | undefined;
    do {
      const page = await versions(flow.id, { limit: 1, ...(cursor && { cursor }) });
      paged.push(...page.items);
      cursor = page.nextCursor ?? undefined;
    } while (cursor);
    expect(paged).toEqual(whole);
    expect(whole).toHaveLength(4);
    await expect(versions(flow.id, { cursor: 'x' })).rejects.toEqual(refusal('invalid'));
  });

  it('a version has all its settings, and the names of what they refer to', async () => {
    const flow = await integration.flow({ steps: integration.by('carol'), labels: ['one'] });
    await integration.edit(flow, { labels: [] });
    const { settings, users, groups, changes, ...version } = await integration.ask('flows.version', {
      id: flow.id,
      version: 1,
    });
    expect(version).toMatchObject({ version: 1, flowId: flow.id, integrationId: integration.id });
    expect(settings).toMatchObject({ name: flow.name, labels: ['one'], steps: flow.steps });
    expect(users.map(({ userName }) => userName)).toEqual([integration.people.carol.userName]);
    expect(groups.map(({ name }) => name)).toEqual(['Deploy', 'Billing']);
    expect(changes).toEqual([]);
    await expect(integration.ask('flows.version', { id: flow.id, version: 3 })).rejects.toEqual(refusal('missing'));
  });

  it('the versions of a deleted flow stay readable', async () => {
    const flow = await integration.flow();
    await integration.edit(flow, { priority: 1 });
    await integration.ask('flows.delete', { id: flow.id, confirm: flow.name });
    expect(await described(flow.id)).toEqual([[2, 'priority: 0 → 1'], [1]]);
  });

  it('the versions of another integration are missing', async () => {
    const flow = await integration.flow();
    const other = await Integration.create(accessFlow);
    await expect(other.ask('flows.versions', { id: flow.id, limit: 5 })).rejects.toEqual(refusal('missing'));
    await expect(other.ask('flows.version', { id: flow.id, version: 1 })).rejects.toEqual(refusal('missing'));
    await expect(versions(uuidv7())).rejects.toEqual(refusal('missing'));
  });
});
