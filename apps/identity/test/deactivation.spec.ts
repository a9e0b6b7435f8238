import { type BulkWork, DEFAULT_PROFILE, parseBulk, resourceTypes, type ScimAttributes } from '@tidegate/scim';
import { type Directory, openDirectory, refusedWith, type Tenant } from './harness.js';

let directory: Directory;
let okta: Tenant;
beforeAll(async () => void (directory = await openDirectory()));
afterAll(() => directory.close());
beforeEach(() => void (okta = directory.tenant()));

const at = (second: number) => ({ receivedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString() });
const off = [{ op: 'replace', value: { active: false } }];
/** What a bulk request makes of the body of one operation (RFC 7644 §3.7). */
function inBulk(method: 'PUT' | 'PATCH', data: object): ScimAttributes {
  const Operations = [{ method, path: '/Users/1', data }];
  return (parseBulk({ Operations }, resourceTypes(DEFAULT_PROFILE), '').operations[0] as BulkWork).body!;
}
const on = [{ op: 'replace', value: { active: true } }];

describe('every way of becoming inactive tells user.deactivated and counts', () => {
  const ways: [string, (id: string) => Promise<unknown>][] = [
    ['PUT', (id) => okta.putUser(id, { userName: 'alice', active: false })],
    ['PUT with "False"', (id) => okta.putUser(id, { userName: 'alice', active: 'False' })],
    ['PATCH without path', (id) => okta.patchUser(id, off)],
    ['PATCH with path', (id) => okta.patchUser(id, [{ op: 'Replace', path: 'active', value: 'False' }])],
    ['PATCH by ACTIVE', (id) => okta.patchUser(id, [{ op: 'replace', path: 'ACTIVE', value: false }])],
    ['PATCH add', (id) => okta.patchUser(id, [{ op: 'add', path: 'active', value: false }])],
    [
      'PATCH with the URN',
      (id) =>
        okta.patchUser(id, [
          { op: 'replace', path: 'urn:ietf:params:scim:schemas:core:2.0:User:active', value: false },
        ]),
    ],
    [
      'PATCH that renames too',
      (id) => okta.patchUser(id, [{ op: 'replace', value: { active: false, userName: 'alice2' } }]),
    ],
    ['PATCH that says true first', (id) => okta.patchUser(id, [...on, ...off])],
    ['PUT in a bulk request', (id) => okta.putUser(id, inBulk('PUT', { userName: 'alice', active: 'False' }))],
    [
      'PATCH in a bulk request',
      (id) => okta.patchUser(id, inBulk('PATCH', { Operations: off })['Operations'] as object[]),
    ],
  ];

  it.each(ways)('%s', async (_, deactivate) => {
    const alice = await okta.createUser({ userName: 'alice' });
    await okta.told();
    await deactivate(alice.id);
    const [event, ...others] = await okta.told();
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      name: 'user.deactivated',
      subject: alice.id,
      version: 2,
      data: { userId: alice.id, active: false, deleted: false, deactivations: 1, version: 2 },
    });
    expect((await okta.getUser(alice.id)).active).toBe(false);
  });

  it('counts again after a reactivation, which itself does not count', async () => {
    const { id } = await okta.createUser({ userName: 'alice' });
    for (const operations of [off, on, off]) await okta.patchUser(id, operations);
    const told = await okta.told();
    expect(told.map(({ name, data }) => [name, (data as { deactivations: number }).deactivations])).toEqual([
      ['user.created', 0],
      ['user.deactivated', 1],
      ['user.reactivated', 1],
      ['user.deactivated', 2],
    ]);
  });

  it('travels in the urgent lane', async () => {
    const { id } = await okta.createUser({ userName: 'alice' });
    await okta.patchUser(id, off);
    const lanes = await okta.sql<{ name: string; urgent: boolean }>(
      'SELECT name, urgent FROM identity.outbox WHERE integration_id = $1 ORDER BY id',
      [okta.integrationId],
    );
    expect(lanes).toEqual([
      { name: 'user.created', urgent: false },
      { name: 'user.profile.changed', urgent: false },
      { name: 'user.deactivated', urgent: true },
    ]);
  });

  it('a user created inactive was never active: nothing is counted', async () => {
    const erin = await okta.createUser({ userName: 'erin', active: false });
    expect(erin.active).toBe(false);
    expect(await okta.told()).toMatchObject([{ name: 'user.created', data: { active: false, deactivations: 0 } }]);
  });

  it('a second deactivation tells nothing', async () => {
    const { id } = await okta.createUser({ userName: 'alice' });
    const once = await okta.patchUser(id, off);
    await okta.told();
    expect(await okta.patchUser(id, off)).toEqual(once);
    expect(await okta.told()).toEqual([]);
  });
});

describe('only an explicit true reactivates', () => {
  it.each([
    ['PUT without active', () => ({ userName: 'alice', title: 'x' })],
    ['PUT with null', () => ({ userName: 'alice', active: null })],
  ])('%s does not', async (_, body) => {
    const { id } = await okta.createUser({ userName: 'alice', active: false });
    expect((await okta.putUser(id, body())).active).toBe(false);
  });

  it('a PATCH of something else does not, and a removal of active is refused', async () => {
    const { id } = await okta.createUser({ userName: 'alice', active: false });
    expect((await okta.patchUser(id, [{ op: 'replace', path: 'title', value: 'x' }])).active).toBe(false);
    await expect(okta.patchUser(id, [{ op: 'remove', path: 'active' }])).rejects.toEqual(refusedWith('invalidValue'));
  });

  it.each([
    ['PUT', (id: string) => okta.putUser(id, { userName: 'alice', active: true })],
    ['PATCH', (id: string) => okta.patchUser(id, on)],
  ])('%s with true does, under the same id', async (_, reactivate) => {
    const { id } = await okta.createUser({ userName: 'alice' });
    await okta.patchUser(id, off);
    await okta.told();
    expect(await reactivate(id)).toMatchObject({ id, active: true, version: 3 });
    expect(await okta.told()).toMatchObject([{ name: 'user.reactivated', data: { active: true, deactivations: 1 } }]);
  });
});

describe('a write that entered the system before a deactivation cannot undo it', () => {
  const late: [string, (id: string) => Promise<unknown>][] = [
    ['PATCH', (id) => okta.patchUser(id, [...on, { op: 'replace', path: 'title', value: 'late' }], at(10))],
    ['PUT', (id) => okta.putUser(id, { userName: 'alice', title: 'late', active: true }, at(10))],
  ];

  it.each(late)('%s: the status stays, the rest is written', async (_, write) => {
    const { id } = await okta.createUser({ userName: 'alice' }, at(1));
    await okta.patchUser(id, off, at(20));
    await okta.told();
    await write(id);
    expect(await okta.getUser(id)).toMatchObject({ active: false, attributes: { active: false, title: 'late' } });
    expect((await okta.told()).map(({ name }) => name)).toEqual(['user.updated']);
  });

  it('nor one that was repeated later', async () => {
    const { id } = await okta.createUser({ userName: 'alice' }, at(1));
    await okta.patchUser(id, off, at(10));
    await okta.patchUser(id, off, at(30));
    expect((await okta.patchUser(id, on, at(20))).active).toBe(false);
    expect((await okta.patchUser(id, on, at(40))).active).toBe(true);
  });

  it('nor a creation as inactive', async () => {
    const { id } = await okta.createUser({ userName: 'erin', active: false }, at(20));
    expect((await okta.patchUser(id, on, at(10))).active).toBe(false);
    expect((await okta.patchUser(id, on, at(21))).active).toBe(true);
  });

  it('but a late deactivation deactivates', async () => {
    const { id } = await okta.createUser({ userName: 'alice' }, at(1));
    await okta.patchUser(id, off, at(20));
    await okta.patchUser(id, on, at(30));
    expect((await okta.patchUser(id, off, at(10))).active).toBe(false);
  });
});

describe('deleting a user', () => {
  it('tells user.deleted, counts, and leaves nothing but a tombstone', async () => {
    const { id } = await okta.createUser({ userName: 'alice', displayName: 'Al' });
    await okta.told();
    await okta.deleteUser(id);
    const [event] = await okta.told();
    expect(event).toMatchObject({
      name: 'user.deleted',
      version: 2,
      data: {
        userId: id,
        userName: 'alice',
        displayName: 'Al',
        active: false,
        deleted: true,
        deactivations: 1,
        version: 2,
      },
    });
    await expect(okta.getUser(id)).rejects.toEqual(refusedWith('notFound'));
    await expect(okta.deleteUser(id)).rejects.toEqual(refusedWith('notFound'));
    expect((await okta.findUsers()).totalResults).toBe(0);
    expect((await okta.deactivations([{ id, deactivations: 0 }])).changed).toEqual([event?.data]);
  });

  it('counts for an inactive user too', async () => {
    const { id } = await okta.createUser({ userName: 'alice', active: false });
    await okta.told();
    await okta.deleteUser(id);
    expect(await okta.told()).toMatchObject([{ name: 'user.deleted', data: { deactivations: 1 } }]);
  });

  it('frees the userName for a new user, who is somebody else', async () => {
    const before = await okta.createUser({ userName: 'alice' });
    await okta.deleteUser(before.id);
    const after = await okta.createUser({ userName: 'ALICE' });
    expect(after.id).not.toBe(before.id);
    expect(
      await okta.deactivations([
        { id: before.id, deactivations: 0 },
        { id: after.id, deactivations: 0 },
      ]),
    ).toMatchObject({
      changed: [{ userId: before.id, deleted: true }],
      absent: [],
    });
  });
});

describe('users.deactivations', () => {
  it('tells those deactivated more often than the asker knows, and those who do not exist', async () => {
    const [alice, bob, carol] = await Promise.all(
      ['alice', 'bob', 'carol'].map((userName) => okta.createUser({ userName })),
    );
    await okta.patchUser(alice!.id, off);
    await okta.patchUser(bob!.id, off);
    await okta.patchUser(bob!.id, on);
    const asked = [alice!.id, bob!.id, carol!.id, 'nobody'].map((id) => ({ id, deactivations: 0 }));
    expect(await okta.deactivations(asked)).toEqual({
      changed: [
        expect.objectContaining({ userId: alice!.id, active: false, deactivations: 1, version: 2 }),
        expect.objectContaining({ userId: bob!.id, active: true, deactivations: 1, version: 3 }),
      ],
      absent: ['nobody'],
    });
    expect(await okta.deactivations(asked.slice(0, 3).map((user) => ({ ...user, deactivations: 1 })))).toEqual({
      changed: [],
      absent: [],
    });
  });

  it('knows nobody of another integration', async () => {
    const { id } = await okta.createUser({ userName: 'alice' });
    await okta.patchUser(id, off);
    expect(await directory.tenant().deactivations([{ id, deactivations: 0 }])).toEqual({ changed: [], absent: [id] });
  });

  it('refuses more than 500 users at once', () => {
    const users = Array.from({ length: 501 }, (_, i) => ({ id: String(i), deactivations: 0 }));
    expect(() => okta.deactivations(users)).toThrow('500');
  });
});
