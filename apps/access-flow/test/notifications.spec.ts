import { type Recipient, type RequestReply } from '@tidegate/contracts';
import { TestAccessFlow } from './harness.js';
import { Integration, type Person } from './integration.js';

interface Row {
  reason: string;
  recipients: Recipient[];
}

describe('Notifications about a request', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
  });

  const named = ({ reason, recipients }: Row) => [
    reason,
    recipients.map(({ kind, id }) => (kind === 'user' ? integration.nameOf(id!) : (id ?? kind))).sort(),
  ];
  /** @returns the reasons and recipients that were stored. @throws if others were published */
  const notified = async ({ id }: RequestReply) => {
    const stored = await accessFlow.rows<Row>(
      `SELECT data ->> 'reason' AS reason, data -> 'recipients' AS recipients FROM access_flow.request_entries
       WHERE request_id = $1 AND kind = 'notified' ORDER BY id`,
      [id],
    );
    const published = await accessFlow.rows<Row>(
      `SELECT data ->> 'reason' AS reason, data -> 'recipients' AS recipients FROM access_flow.outbox
       WHERE subject = $1 AND name = 'request.notification.due' ORDER BY id`,
      [id],
    );
    expect(published.map(named).sort()).toEqual(stored.map(named).sort());
    return stored.map(named);
  };
  const request = async (...approvers: Person[]) =>
    integration.request(await integration.reviewedFlow(...approvers), 'alice');

  it('go to the approvers of each step when it opens, and to all of them and the requester at the end', async () => {
    const steps = [...integration.by('bob', 'carol'), ...integration.by('dan')];
    const made = await integration.request(await integration.flow({ steps }), 'alice');
    await integration.review(made, 'bob');
    await integration.review(made, 'dan');
    expect(await notified(made)).toEqual([
      ['decision_required', ['bob', 'carol']],
      ['decision_required', ['dan']],
      ['approved', ['alice', 'bob', 'carol', 'dan']],
    ]);
  });

  it('go to new approvers only, when approvers change', async () => {
    const flow = await integration.flow({ steps: integration.by('bob'), ownerIds: [integration.people.dan.userId] });
    const made = await integration.request(flow, 'alice');
    await integration.deactivate('bob');
    expect(await notified(made)).toEqual([
      ['decision_required', ['bob']],
      ['approvers_changed', ['dan']],
    ]);
  });

  it('go to the administrators when no user can decide', async () => {
    const made = await request('bob');
    await integration.deactivate('bob');
    expect((await notified(made)).at(-1)).toEqual(['undecidable', ['administrators']]);
  });

  it('name a group of approvers as a group', async () => {
    await integration.push(integration.billing, 2, { bob: true });
    const steps = [{ quorum: 'any' as const, approvers: [{ kind: 'group' as const, id: integration.billing }] }];
    const made = await integration.request(await integration.flow({ steps }), 'alice');
    expect(await notified(made)).toEqual([['decision_required', [integration.billing]]]);
  });

  it.each<[string, (made: RequestReply) => Promise<unknown>]>([
    ['denied', (made) => integration.review(made, 'bob', 'deny')],
    ['cancelled', ({ id }) => integration.ask('requests.cancel', { id })],
    [
      'expired',
      async ({ id }) => {
        await accessFlow.rows(`UPDATE access_flow.requests SET expires_at = now() WHERE id = $1`, [id]);
        await accessFlow.rows(`UPDATE access_flow.jobs SET run_at = now() WHERE key = $1`, [id]);
        await accessFlow.runDeadlines();
      },
    ],
  ])('say that a request is %s to all who were notified before', async (reason, end) => {
    const made = await request('bob', 'carol');
    await end(made);
    expect((await notified(made)).at(-1)).toEqual([reason, ['alice', 'bob', 'carol']]);
  });

  it('are not sent about a request that is approved at once', async () => {
    expect(await notified(await integration.request(await integration.flow(), 'alice'))).toEqual([]);
  });
});
