import { eventually } from '@tidegate/testing';
import { type Desired, DIRECTORY, type Membership, type RemoteTarget } from '../src/grants/target.js';
import { TestAccessFlow } from './harness.js';
import { Integration } from './integration.js';

interface Call extends Membership {
  desired: Desired;
  signal: AbortSignal;
  confirm: () => void;
}

describe('A remote target whose calls do not return', () => {
  const calls: Call[] = [];
  /** The integration whose calls hang. */
  let hanging: string | undefined;
  const target: RemoteTarget = {
    name: DIRECTORY,
    call: (membership, desired, signal) =>
      new Promise((confirm, reject) => {
        signal.addEventListener('abort', () => reject(new Error('aborted')));
        if (membership.integrationId === hanging) calls.push({ ...membership, desired, signal, confirm });
        else confirm();
      }),
  };
  const confirmAll = () => {
    hanging = undefined;
    for (const { confirm } of calls.splice(0)) confirm();
  };
  const accessFlow = TestAccessFlow.use(target);
  beforeAll(() => accessFlow.jobs.start());

  let integration: Integration;
  beforeEach(async () => {
    confirmAll();
    integration = await Integration.create(accessFlow);
    hanging = integration.id;
  });

  /** Requests access, and waits for the call of the target. */
  const requestUntilCalled = async (person: 'alice' | 'bob') => {
    const request = await integration.request(await integration.flow(), person);
    const { userId } = integration.people[person];
    await eventually(() => expect(calls).toContainEqual(expect.objectContaining({ userId })));
    return request;
  };
  const expectHanging = () => expect(calls.map(({ signal }) => signal.aborted)).not.toContain(true);
  const makeDue = (table: string, column: string, id: string) =>
    accessFlow.rows(
      `UPDATE access_flow.${table} SET ${column} = now() - interval '1 second' WHERE integration_id = $1
       AND ${table === 'jobs' ? 'key' : 'id::text'} = $2`,
      [integration.id, id],
    );

  it('does not delay a deactivation', async () => {
    const request = await requestUntilCalled('alice');
    await integration.deactivate('alice');
    expect(await integration.grant(request)).toMatchObject({ status: 'revoking', endReason: 'user_deactivated' });
    expect(await accessFlow.eventNames(request.grantId!)).toEqual(['grant.revoking']);
    expectHanging();
  });

  it('does not delay disabling its integration', async () => {
    const requests = [await requestUntilCalled('alice'), await requestUntilCalled('bob')];
    const disabled = { disabled: true, disablements: 1, removed: false, version: 2 };
    await integration.publish('integration.updated', integration.id, disabled);
    for (const request of requests)
      expect(await integration.grant(request)).toMatchObject({
        status: 'revoking',
        endReason: 'integration_disabled',
      });
    expectHanging();
  });

  it('does not delay another grant of the same membership, or its revocation', async () => {
    const first = await requestUntilCalled('alice');
    await integration.ask('grants.revoke', { id: first.grantId! });
    const second = await integration.request(await integration.flow(), 'alice');
    expect(await integration.ask('grants.revoke', { id: second.grantId! })).toMatchObject({ status: 'revoking' });
    expectHanging();
  });

  it('does not delay the end of grants and requests', async () => {
    const { grantId } = await requestUntilCalled('alice');
    const pending = await integration.request(await integration.reviewedFlow('bob'), 'carol');
    await makeDue('grants', 'ends_at', grantId!);
    await makeDue('requests', 'expires_at', pending.id);
    for (const id of [grantId!, pending.id]) await makeDue('jobs', 'run_at', id);
    await eventually(async () => {
      expect(await integration.ask('grants.get', { id: grantId! })).toMatchObject({
        status: 'revoking',
        endReason: 'expired',
      });
      expect(await integration.ask('requests.get', { id: pending.id })).toMatchObject({ status: 'expired' });
    });
    expectHanging();
  });

  it('does not delay the grants of another integration', async () => {
    await requestUntilCalled('alice');
    await requestUntilCalled('bob');
    const other = await Integration.create(accessFlow);
    const request = await other.request(await other.flow(), 'carol');
    await eventually(async () => expect(await other.grant(request)).toMatchObject({ status: 'active' }));
    expectHanging();
  });

  it('is called again when the grant was revoked during the call', async () => {
    const request = await requestUntilCalled('alice');
    await integration.deactivate('alice');
    calls[0]!.confirm();
    await eventually(() => expect(calls).toHaveLength(2));
    expect(await integration.grant(request)).toMatchObject({ status: 'revoking' });
    calls[1]!.confirm();
    await eventually(async () => expect(await integration.grant(request)).toMatchObject({ status: 'ended' }));
    expect(calls.map(({ desired }) => desired)).toEqual(['present', 'absent']);
    expect(await accessFlow.eventNames(request.grantId!)).toEqual(['grant.revoking', 'grant.ended']);
    expect(
      await accessFlow.rows(`SELECT 1 FROM access_flow.jobs WHERE integration_id = $1 AND key LIKE '%/%'`, [
        integration.id,
      ]),
    ).toEqual([]);
  });
});
