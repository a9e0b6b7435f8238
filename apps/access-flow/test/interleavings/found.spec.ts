import { type FlowReply, type RequestReply } from '@tidegate/contracts';
import { eventually } from '@tidegate/testing';
import { TestAccessFlow } from '../harness.js';
import { Integration, oneOf, type Person } from '../integration.js';

/** Sequences that interleavings found. */
describe('The approvers of a pending request', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => (integration = await Integration.create(accessFlow)));

  const id = (person: Person) => integration.people[person].userId;
  const read = ({ id: requestId }: RequestReply) => integration.ask('requests.get', { id: requestId });
  const ofGroup = (groupId: string) => [
    { quorum: 'any' as const, approvers: [{ kind: 'group' as const, id: groupId }] },
  ];

  it('are found again when the last member of an approver group is deactivated', async () => {
    await integration.push(integration.billing, 2, { bob: true });
    const flow = await integration.flow({ steps: ofGroup(integration.billing) });
    const request = await integration.request(flow, 'alice');
    await integration.deactivate('bob');
    await accessFlow.reconcile();
    expect(await read(request)).toMatchObject({ undecidable: true });
    expect(integration.deciders(await read(request))).toEqual(['administrators']);
  });

  it('are found again when an approver is deactivated while the request is made', async () => {
    const flow = await integration.flow({ steps: oneOf(id('dan')) });
    const request = await whileApproversAreLocked(flow, () => integration.deactivate('dan'));
    await accessFlow.reconcile();
    expect(await read(request)).toMatchObject({ undecidable: true });
  });

  it('are not the administrator who approved an earlier step', async () => {
    const steps = [...oneOf(id('bob')), ...oneOf(id('carol'))];
    const request = await integration.request(await integration.flow({ steps }), 'alice');
    await integration.deactivate('bob');
    await integration.deactivate('carol');
    const dan = { kind: 'person', issuer: 'https://admins.example', subject: 'dan' } as const;
    const before = accessFlow.actor;
    accessFlow.actor = dan;
    const approve = () =>
      integration.ask('requests.review', { id: request.id, verdict: 'approve', asAdministrator: true });
    const [first, second] = [await approve(), await approve().catch((error: Error) => error.message)];
    accessFlow.actor = before;
    expect(first).toMatchObject({ status: 'pending', step: 1 });
    expect(second).toContain('already');
  });

  /** Requests access, and makes a change after the approvers of the request were found, before they are stored. */
  async function whileApproversAreLocked(flow: FlowReply, change: () => Promise<void>): Promise<RequestReply> {
    const other = await accessFlow.owner.connect();
    try {
      await other.query('BEGIN');
      await other.query('LOCK TABLE access_flow.request_approvers IN SHARE MODE');
      const requested = integration.request(flow, 'alice');
      const waiting = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      await eventually(async () => expect(await accessFlow.rows(waiting)).toHaveLength(1));
      await change();
      await other.query('COMMIT');
      return await requested;
    } finally {
      other.release();
    }
  }
});
