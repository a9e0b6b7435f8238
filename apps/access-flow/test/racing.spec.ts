import { Refusal } from '@tidegate/contracts';
import { TestAccessFlow } from './harness.js';
import { Integration } from './integration.js';

/** In a race a command may be refused; anything else is a fault. */
function refuseFaults(results: PromiseSettledResult<unknown>[]): void {
  for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(Refusal);
}

describe('Racing the offboarding', () => {
  let accessFlow: TestAccessFlow;
  let org: Integration;
  beforeAll(async () => {
    accessFlow = await TestAccessFlow.open();
  });
  afterAll(() => accessFlow.close());
  // A client repeats a command that met a deadlock, and the repeat may succeed: so failed attempts are counted.
  afterEach(async () => expect(await accessFlow.failures()).toEqual([]));
  beforeEach(async () => {
    org = await Integration.begin(accessFlow);
  });

  it('an approval that races the deactivation never leaves a live grant', async () => {
    const flow = await org.reviewedFlow('bob');
    const outcomes = new Set<string>();
    for (let round = 0; round < 100; round++) {
      const request = await org.request(flow, 'alice');
      const deactivation = org.userEvent(org.next('alice', { active: false }), 'user.deactivated');
      const race = [
        () => org.review(request, 'bob'),
        () => accessFlow.handleEvent(deactivation),
        () => accessFlow.settleTargets(),
      ];
      const lap = round % 2 === 0 ? race : race.reverse();
      refuseFaults(await Promise.allSettled(lap.map((run) => run())));
      await accessFlow.settleTargets();
      outcomes.add((await org.ask('requests.get', { id: request.id })).status);
      const live = await accessFlow.rows(
        `SELECT 1 FROM access_flow.grants WHERE integration_id = $1 AND status <> 'ended'
         UNION ALL SELECT 1 FROM access_flow.directory_memberships WHERE integration_id = $1`,
        [org.id],
      );
      expect([round, live]).toEqual([round, []]);
      await org.returns('alice');
    }
    expect([...outcomes].sort()).toEqual(['approved', 'cancelled']);
  });

  it('an automatic request that races the deactivation never leaves a live grant', async () => {
    const flow = await org.flow();
    for (let round = 0; round < 50; round++) {
      const deactivation = org.userEvent(org.next('alice', { active: false }), 'user.deactivated');
      const race = [org.request(flow, 'alice'), accessFlow.handleEvent(deactivation), accessFlow.settleTargets()];
      refuseFaults(await Promise.allSettled(race));
      await accessFlow.settleTargets();
      const live = await accessFlow.rows(
        `SELECT 1 FROM access_flow.grants WHERE integration_id = $1 AND status <> 'ended'`,
        [org.id],
      );
      expect([round, live]).toEqual([round, []]);
      await org.returns('alice');
    }
  });

  it('people who review each other and leave at once meet no deadlock', async () => {
    const [byAlice, byBob] = [await org.reviewedFlow('alice'), await org.reviewedFlow('bob')];
    for (let round = 0; round < 20; round++) {
      await org.request(byAlice, 'bob');
      await org.request(byBob, 'alice');
      const leaving = ['alice', 'bob'] as const;
      const events = leaving.map((person) => org.userEvent(org.next(person, { active: false }), 'user.deactivated'));
      await Promise.all(events.map((event) => accessFlow.handleEvent(event)));
      expect((await org.ask('requests.list', { limit: 9, status: 'pending' })).items).toEqual([]);
      for (const [flow, person] of [
        [byAlice, 'alice'],
        [byBob, 'bob'],
      ] as const) {
        await org.returns(person);
        const approval = { kind: 'one_approver' as const, approverIds: [org.people[person].userId] };
        await org.ask('flows.update', { id: flow.id, settings: { approval } });
      }
    }
  });
});
