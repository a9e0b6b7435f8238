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

/** What the gateway publishes when an administrator saved the marks. */
function marked(profileAttributes: string[], more: Partial<IntegrationState> = {}): Event<'integration.updated'> {
  const { integrationId } = okta;
  version++;
  const state = { integrationId, name: 'Acme', type: 'okta-scim', status: 'active' as const, removed: false };
  const list = { groupsToSync: [], groupsToSyncVersion: 1 };
  const marks = { profileAttributes, profileAttributesVersion: version };
  return {
    id: uuidv7(),
    name: 'integration.updated',
    integrationId,
    subject: integrationId,
    version,
    time: new Date().toISOString(),
    requestId: 'dan marked',
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
/** A user with an attribute of an extension, as the gateway parses it. */
const createWithBadge = (userName: string, badge: string) =>
  directory.users.create(okta.command('users.create', { attributes: withBadge(userName, badge) }, { scim }));
const badges = (events: Event<'user.profile.changed'>[]) =>
  events.map(({ data }) => [data.attributes.userName, data.attributes[BADGE], data.version, data.attributesVersion]);

describe('user.profile.changed', () => {
  it('is published with a new user, with its state and its attributes', async () => {
    const { id } = await okta.createUser({ ...alice(), [ENTERPRISE]: { department: 'Tax', manager: { value: 'm' } } });
    const [created] = await okta.told();
    const [profile, ...others] = await okta.toldProfiles();
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

  it('is published by a write that changes an attribute of the profile, under the version of the write', async () => {
    const { id } = await okta.createUser(alice());
    await okta.toldProfiles();
    await okta.patchUser(id, [{ op: 'replace', path: 'title', value: 'Clerk' }]);
    const [profile] = await okta.toldProfiles();
    expect(profile?.data).toMatchObject({ version: 2, attributes: { title: 'Clerk' } });
  });

  it('is not published by a write that changes something else, nor by a repeat or a deletion', async () => {
    const { id } = await okta.createUser(alice());
    await okta.toldProfiles();
    await okta.patchUser(id, [{ op: 'replace', path: 'nickName', value: 'Al' }]);
    await okta.patchUser(id, [{ op: 'replace', path: 'active', value: false }]);
    const title = okta.command('users.patch', {
      id,
      operations: [{ op: 'add', path: 'title', value: 'Clerk' }] as never,
    });
    await okta.users.patch(title);
    expect(await okta.toldProfiles()).toHaveLength(1);
    await okta.users.patch(title);
    await okta.deleteUser(id);
    expect(await okta.toldProfiles()).toEqual([]);
  });

  it('has an extension attribute from the time on when it is marked', async () => {
    await createWithBadge('ann', 'A');
    await createWithBadge('ben', 'B');
    await okta.createUser({ userName: 'cid' });
    expect(badges(await okta.toldProfiles())).toEqual([
      ['ann', undefined, 1, 0],
      ['ben', undefined, 1, 0],
      ['cid', undefined, 1, 0],
    ]);
    await mark(BADGE);
    expect(badges(await okta.toldProfiles()).sort()).toEqual([
      ['ann', 'A', 1, 1],
      ['ben', 'B', 1, 1],
    ]);
    await createWithBadge('dee', 'D');
    expect(badges(await okta.toldProfiles()).at(-1)).toEqual(['dee', 'D', 1, 1]);
    await mark();
    expect(badges(await okta.toldProfiles()).sort()).toEqual([
      ['ann', undefined, 1, 2],
      ['ben', undefined, 1, 2],
      ['dee', undefined, 1, 2],
    ]);
  });

  it('marks that come late or again change nothing', async () => {
    await createWithBadge('ann', 'A');
    const [first, second] = [marked([BADGE]), marked([])];
    await directory.integrations.handleEvent(second);
    await okta.toldProfiles();
    for (const event of [first, second, { ...second, id: uuidv7() }]) await directory.integrations.handleEvent(event);
    expect(await okta.toldProfiles()).toEqual([]);
  });

  it('a write that runs beside a change of marks ends with the newer marks', async () => {
    const { id } = await createWithBadge('ann', 'A');
    await Promise.all([
      mark(BADGE),
      ...['x', 'y', 'z'].map((title) => okta.patchUser(id, [{ op: 'replace', path: 'title', value: title }])),
    ]);
    const last = (await okta.toldProfiles()).reduce((a, b) => (isNewer(b.data, a.data) ? b : a));
    expect(last.data).toMatchObject({ version: 4, attributesVersion: 1, attributes: { [BADGE]: 'A' } });
  });

  it('more users than one transaction publishes are all published', async () => {
    await Promise.all(Array.from({ length: 230 }, (_, i) => createWithBadge(`user${i}`, `${i}`)));
    await okta.toldProfiles();
    await mark(BADGE);
    await eventually(async () => expect(await okta.sql('SELECT 1 FROM identity.profile_passes')).toEqual([]));
    expect(new Set(badges(await okta.toldProfiles()).map(([name]) => name)).size).toBe(230);
  });

  const isNewer = (a: UserProfile, b: UserProfile) =>
    a.version > b.version || (a.version === b.version && a.attributesVersion > b.attributesVersion);
});

describe('users.statePage', () => {
  const page = (cursor?: string, limit = 2, tenant = okta) =>
    directory.profiles.statePage(tenant.command('users.statePage', { limit, ...(cursor ? { cursor } : {}) }));

  it('gives every user with its profile, and what is left of deleted ones, in the order of their ids', async () => {
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

  it('has no users of another integration, and a limit', async () => {
    await okta.createUsers(MAX_PAGE + 1);
    expect((await page(undefined, 100_000)).items).toHaveLength(MAX_PAGE);
    expect((await page(undefined, 10, directory.tenant())).items).toEqual([]);
    expect(() => page('nonsense')).toThrow(refusedWith('invalid') as Error);
  });
});
