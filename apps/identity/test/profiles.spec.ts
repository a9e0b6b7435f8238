import { type Event, type IntegrationState, MAX_PAGE, type UserProfile } from '@tidegate/contracts';
import { parseExtensions, type ScimProfile } from '@tidegate/scim';
import { alice, eventually, TEST_ACTOR } from '@tidegate/testing';
import { v7 as uuidv7 } from 'uuid';
import { type Directory, openDirectory, refusedWith, type Tenant } from './harness.js';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const ACME = 'urn:example:1.0:User';
const BADGE = `${ACME}:badge`;

let directory: Directory;
let okta: Tenant;
let version: number;
beforeAll(async () => {
  directory = await openDirectory();
});
afterAll(() => directory?.close());
beforeEach(() => {
  okta = directory.tenant();
  version = 0;
});

/** The event that the gateway publishes when an administrator saves the marked attributes. */
function marked(profileAttributes: string[], more: Partial<IntegrationState> = {}): Event<'integration.updated'> {
  const { integrationId } = okta;
  version++;
  const state = { integrationId, name: 'Acme', type: 'okta-scim', status: 'active' as const, removed: false };
  const list = { groupsToSync: [], groupsToSyncVersion: 1 };
  const marks = { profileAttributes, profileAttributesVersion: version, managerAttribute: null };
  return {
    id: uuidv7(),
    name: 'integration.updated',
    integrationId,
    subject: integrationId,
    version,
    time: new Date().toISOString(),
    requestId: 'marks saved',
    actor: TEST_ACTOR,
    data: { ...state, ...list, ...marks, disabled: false, disablements: 0, version, ...more },
  };
}
const mark = (...names: string[]) => directory.integrations.handleEvent(marked(names));
const withBadge = (userName: string, badge: string) => ({ userName, [ACME]: { badge } });

const scim: ScimProfile = {
  dialect: 'okta',
  extensions: parseExtensions({ User: [{ id: ACME, attributes: [{ name: 'badge' }] }] }),
};
/** Creates a user with an extension attribute, parsed as in the gateway. */
const createWithBadge = (userName: string, badge: string) =>
  directory.users.create(okta.command('users.create', { attributes: withBadge(userName, badge) }, { scim }));
const badges = (events: Event<'user.profile.changed'>[]) =>
  events.map(({ data }) => [data.attributes.userName, data.attributes[BADGE], data.version, data.attributesVersion]);

describe('user.profile.changed', () => {
  it('is published for a new user, with its state and attributes', async () => {
    const { id } = await okta.createUser({ ...alice(), [ENTERPRISE]: { department: 'Tax', manager: { value: 'm' } } });
    const [created] = await okta.takeEvents();
    const [profile, ...others] = await okta.takeProfileEvents();
    expect(others).toEqual([]);
    expect(profile).toMatchObject({ subject: id, version: 1 });
    expect(profile!.data).toEqual({
      ...created!.data,
      attributesVersion: 0,
      attributes: {
        userName: alice().userName,
        displayName: alice().displayName,
        'name.givenName': 'Alice',
        'name.familyName': 'Archer',
        'emails.value': alice().emails[0]!.value,
        locale: 'en-US',
        [`${ENTERPRISE}:department`]: 'Tax',
        [`${ENTERPRISE}:manager.value`]: 'm',
      },
    });
  });

  it('is published for a write that changes an attribute of the profile, with the version of the write', async () => {
    const { id } = await okta.createUser(alice());
    await okta.takeProfileEvents();
    await okta.patchUser(id, [{ op: 'replace', path: 'title', value: 'Clerk' }]);
    const [profile] = await okta.takeProfileEvents();
    expect(profile?.data).toMatchObject({ version: 2, attributes: { title: 'Clerk' } });
  });

  it('is not published for a write of other attributes, a repeated command or a deletion', async () => {
    const { id } = await okta.createUser(alice());
    await okta.takeProfileEvents();
    await okta.patchUser(id, [{ op: 'replace', path: 'nickName', value: 'Al' }]);
    await okta.patchUser(id, [{ op: 'replace', path: 'active', value: false }]);
    const title = okta.command('users.patch', {
      id,
      operations: [{ op: 'add', path: 'title', value: 'Clerk' }] as never,
    });
    await okta.users.patch(title);
    expect(await okta.takeProfileEvents()).toHaveLength(1);
    await okta.users.patch(title);
    await okta.deleteUser(id);
    expect(await okta.takeProfileEvents()).toEqual([]);
  });

  it('contains an extension attribute as soon as it is marked', async () => {
    await createWithBadge('ann', 'A');
    await createWithBadge('ben', 'B');
    await okta.createUser({ userName: 'cid' });
    expect(badges(await okta.takeProfileEvents())).toEqual([
      ['ann', undefined, 1, 0],
      ['ben', undefined, 1, 0],
      ['cid', undefined, 1, 0],
    ]);
    await mark(BADGE);
    expect(badges(await okta.takeProfileEvents()).sort()).toEqual([
      ['ann', 'A', 1, 1],
      ['ben', 'B', 1, 1],
    ]);
    await createWithBadge('dee', 'D');
    expect(badges(await okta.takeProfileEvents()).at(-1)).toEqual(['dee', 'D', 1, 1]);
    await mark();
    expect(badges(await okta.takeProfileEvents()).sort()).toEqual([
      ['ann', undefined, 1, 2],
      ['ben', undefined, 1, 2],
      ['dee', undefined, 1, 2],
    ]);
  });

  it('is not published for late or repeated marks', async () => {
    await createWithBadge('ann', 'A');
    const [first, second] = [marked([BADGE]), marked([])];
    await directory.integrations.handleEvent(second);
    await okta.takeProfileEvents();
    for (const event of [first, second, { ...second, id: uuidv7() }]) await directory.integrations.handleEvent(event);
    expect(await okta.takeProfileEvents()).toEqual([]);
  });

  it('contains the newer marks after a concurrent write and change of marks', async () => {
    const { id } = await createWithBadge('ann', 'A');
    await Promise.all([
      mark(BADGE),
      ...['x', 'y', 'z'].map((title) => okta.patchUser(id, [{ op: 'replace', path: 'title', value: title }])),
    ]);
    const last = (await okta.takeProfileEvents()).reduce((a, b) => (isNewer(b.data, a.data) ? b : a));
    expect(last.data).toMatchObject({ version: 4, attributesVersion: 1, attributes: { [BADGE]: 'A' } });
  });

  it('is published for all users if they need several transactions', async () => {
    await Promise.all(Array.from({ length: 230 }, (_, i) => createWithBadge(`user${i}`, `${i}`)));
    await okta.takeProfileEvents();
    await mark(BADGE);
    await eventually(async () => expect(await okta.sql('SELECT 1 FROM identity.profile_passes')).toEqual([]));
    expect(new Set(badges(await okta.takeProfileEvents()).map(([name]) => name)).size).toBe(230);
  });

  const isNewer = (a: UserProfile, b: UserProfile) =>
    a.version > b.version || (a.version === b.version && a.attributesVersion > b.attributesVersion);
});

describe('users.statePage', () => {
  const page = (cursor?: string, limit = 2, tenant = okta) =>
    directory.profiles.statePage(tenant.command('users.statePage', { limit, ...(cursor ? { cursor } : {}) }));

  it('returns all users with their profiles, including deleted users, ordered by id', async () => {
    const users = [];
    for (const userName of ['ann', 'ben', 'cid', 'dee', 'eve'])
      users.push(await okta.createUser({ userName, title: userName }));
    await okta.deleteUser(users[1]!.id);
    await okta.patchUser(users[3]!.id, [{ op: 'replace', path: 'active', value: false }]);
    const found = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const { items, nextCursor } = await page(cursor);
      expect(items.length).toBeLessThanOrEqual(2);
      found.push(...items);
      cursor = nextCursor;
    }
    expect(found.map(({ userId }) => userId)).toEqual(users.map(({ id }) => id));
    expect(
      found.map(({ active, deleted, version, attributes }) => [active, deleted, version, attributes.title]),
    ).toEqual([
      [true, false, 1, 'ann'],
      [false, true, 2, undefined],
      [true, false, 1, 'cid'],
      [false, false, 2, 'dee'],
      [true, false, 1, 'eve'],
    ]);
  });

  it('returns no users of another integration, and limits a page', async () => {
    await okta.createUsers(MAX_PAGE + 1);
    expect((await page(undefined, 100_000)).items).toHaveLength(MAX_PAGE);
    expect((await page(undefined, 10, directory.tenant())).items).toEqual([]);
    expect(() => page('nonsense')).toThrow(refusedWith('invalid') as Error);
  });
});
