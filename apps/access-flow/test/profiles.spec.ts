import { type Event, type ProfileValue, type UserState } from '@tidegate/contracts';
import * as fc from 'fast-check';
import { TestAccessFlow } from './harness.js';
import { Integration } from './integration.js';

interface Row {
  version: string;
  attributes_version: string;
  attributes: Record<string, ProfileValue>;
}

describe('Profiles of users', () => {
  const accessFlow = TestAccessFlow.use();
  let integration: Integration;
  beforeEach(async () => {
    integration = await Integration.create(accessFlow);
  });

  const changed = (state: UserState, title: string, attributesVersion = 0): Event =>
    integration.event('user.profile.changed', state.userId, { ...state, attributes: { title }, attributesVersion });
  const stored = async (userId: string) =>
    (
      await accessFlow.rows<Row>(
        `SELECT version, attributes_version, attributes FROM access_flow.user_profiles WHERE integration_id = $1 AND user_id = $2`,
        [integration.id, userId],
      )
    ).map((row) => [Number(row.version), Number(row.attributes_version), row.attributes.title]);

  it('the newest version is stored, in any order of events and with repeats', async () => {
    const { userId } = integration.people.alice;
    const at = (version: number, attributesVersion: number) =>
      changed({ ...integration.people.alice, version }, `title ${version} ${attributesVersion}`, attributesVersion);
    const events = [at(1, 0), at(1, 4), at(2, 4), at(5, 4), at(5, 6)];
    const inAnyOrder = fc.shuffledSubarray([...events, ...events], { minLength: 10, maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(inAnyOrder, async (order) => {
        await accessFlow.rows(`DELETE FROM access_flow.user_profiles`);
        await accessFlow.rows(`DELETE FROM access_flow.inbox`);
        for (const event of order) await accessFlow.handleEvent(event);
        expect(await stored(userId)).toEqual([[5, 6, 'title 5 6']]);
      }),
      { numRuns: 15 },
    );
  });

  it('a profile that arrives before its user creates the user', async () => {
    const { userId, ...rest } = { ...integration.people.alice, userId: integration.deploy };
    await accessFlow.handleEvent(changed({ userId, ...rest }, 'Clerk'));
    expect(await stored(userId)).toEqual([[1, 0, 'Clerk']]);
    expect(await accessFlow.rows(`SELECT 1 FROM access_flow.users WHERE id = $1`, [userId])).toHaveLength(1);
  });

  it('a profile is deleted with its user, and no late event restores it', async () => {
    const before = integration.people.alice;
    await accessFlow.handleEvent(changed(before, 'Clerk'));
    const gone = integration.next('alice', { active: false, deleted: true });
    await accessFlow.handleEvent(integration.userEvent(gone, 'user.deleted'));
    expect(await stored(before.userId)).toEqual([]);
    await accessFlow.handleEvent(changed({ ...before, version: 9 }, 'Clerk'));
    expect(await stored(before.userId)).toEqual([]);
  });

  it('a profile is deleted with its integration, and no late event restores it', async () => {
    await accessFlow.handleEvent(changed(integration.people.alice, 'Clerk'));
    await integration.publish('integration.removed', integration.id, { removed: true, version: 9 });
    await accessFlow.handleEvent(changed({ ...integration.people.alice, version: 9 }, 'Clerk'));
    expect(await stored(integration.people.alice.userId)).toEqual([]);
  });

  it('a profile is visible only to the integration of its event', async () => {
    await accessFlow.handleEvent(changed(integration.people.alice, 'Clerk'));
    const seen = (integrationIds: string[]) =>
      accessFlow.database.transaction({ integrationIds }, (tx) =>
        tx.rows(`SELECT 1 FROM access_flow.user_profiles WHERE user_id = $1`, [integration.people.alice.userId]),
      );
    expect(await seen([integration.id])).toHaveLength(1);
    expect(await seen([integration.deploy])).toEqual([]);
  });

  it('a profile that breaks the contract is refused and not stored', async () => {
    const { userId } = integration.people.alice;
    const event = changed(integration.people.alice, 'Clerk');
    const wrong = { ...event, data: { ...event.data, attributes: { manager: { value: 'bob' } } } } as unknown as Event;
    await expect(accessFlow.handleEvent(wrong)).rejects.toThrow(/attributes are not all/);
    expect(await stored(userId)).toEqual([]);
  });
});
