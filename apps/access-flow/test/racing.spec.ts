import { Refusal } from '@tidegate/contracts';
import { TestAccessFlow } from './harness.js';
import { Integration } from './integration.js';

/** Fails on errors other than Refusal. */
function expectOnlyRefusals(results: PromiseSettledResult<unknown>[]): void {
  for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(Refusal);
}

describe('Commands concurrent with a deactivation', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  // Clients repeat commands after a deadlock, so this checks failed attempts instead of results.
  afterEach(async () => expect(await accessFlow.failures()).toEqual([]));
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
  });

  it('an approval concurrent with the deactivation leaves no live grant', async () => {
    const flow = await integration.reviewedFlow('bob');
    const outcomes = new Set<string>();
    for (let round = 0; round < 100; round++) {
      const request = await integration.request(flow, 'alice');
      const deactivation = integration.userEvent(integration.next('alice', { active: false }), 'user.deactivated');
      const race = [
        () => integration.review(request, 'bob'),
        () => accessFlow.handleEvent(deactivation),
        () => accessFlow.runTargets(),
      ];
      const order = round % 2 === 0 ? race : race.reverse();
      expectOnlyRefusals(await Promise.allSettled(order.map((run) => run())));
      await accessFlow.runTargets();
      outcomes.add((await integration.ask('requests.get', { id: request.id })).status);
      const live = await accessFlow.rows(
        `SELECT 1 FROM access_flow.grants WHERE integration_id = $1 AND status <> 'ended'
         UNION ALL SELECT 1 FROM access_flow.directory_memberships WHERE integration_id = $1`,
        [integration.id],
      );
      expect([round, live]).toEqual([round, []]);
      await integration.reactivate('alice');
    }
    expect([...outcomes].sort()).toEqual(['approved', 'cancelled']);
  });

  it('an automatic request concurrent with the deactivation leaves no live grant', async () => {
    const flow = await integration.flow();
    for (let round = 0; round < 50; round++) {
      const deactivation = integration.userEvent(integration.next('alice', { active: false }), 'user.deactivated');
      const race = [integration.request(flow, 'alice'), accessFlow.handleEvent(deactivation), accessFlow.runTargets()];
      expectOnlyRefusals(await Promise.allSettled(race));
      await accessFlow.runTargets();
      const live = await accessFlow.rows(
        `SELECT 1 FROM access_flow.grants WHERE integration_id = $1 AND status <> 'ended'`,
        [integration.id],
      );
      expect([round, live]).toEqual([round, []]);
      await integration.reactivate('alice');
    }
  });

  it('concurrent deactivations of users who are approvers of each other cause no deadlock', async () => {
    const [byAlice, byBob] = [await integration.reviewedFlow('alice'), await integration.reviewedFlow('bob')];
    for (let round = 0; round < 20; round++) {
      await integration.request(byAlice, 'bob');
      await integration.request(byBob, 'alice');
      const persons = ['alice', 'bob'] as const;
      const events = persons.map((person) =>
        integration.userEvent(integration.next(person, { active: false }), 'user.deactivated'),
      );
      await Promise.all(events.map((event) => accessFlow.handleEvent(event)));
      expect((await integration.ask('requests.list', { limit: 9, status: 'pending' })).items).toEqual([]);
      for (const [flow, person] of [
        [byAlice, 'alice'],
        [byBob, 'bob'],
      ] as const) {
        await integration.reactivate(person);
        await integration.edit(flow, { steps: integration.by(person) });
      }
    }
  });
});
