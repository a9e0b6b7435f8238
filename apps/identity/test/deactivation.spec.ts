import { type BulkWork, DEFAULT_PROFILE, parseBulk, resourceTypes, type ScimAttributes } from '@tidegate/scim';
import { type Directory, openDirectory, refusedWith, type Tenant } from './harness.js';

let directory: Directory;
let okta: Tenant;
beforeAll(async () => void (directory = await openDirectory()));
afterAll(() => directory.close());
beforeEach(() => void (okta = directory.tenant()));

const at = (second: number) => ({ receivedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString() });
const off = [{ op: 'replace', value: { active: false } }];
/** The body of an operation of a bulk request, as `parseBulk` returns it (RFC 7644 §3.7). */
function inBulk(method: 'PUT' | 'PATCH', data: object): ScimAttributes {
  const Operations = [{ method, path: '/Users/1', data }];
  return (parseBulk({ Operations }, resourceTypes(DEFAULT_PROFILE), '').operations[0] as BulkWork).body!;
}
const on = [{ op: 'replace', value: { active: true } }];

describe('every write that deactivates a user publishes user.deactivated and increments the counter', () => {
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
      'PATCH that also renames',
      (id) => okta.patchUser(id, [{ op: 'replace', value: { active: false, userName: 'alice2' } }]),
    ],
    ['PATCH that sets true first', (id) => okta.patchUser(id, [...on, ...off])],
    ['PUT in a bulk request', (id) => okta.putUser(id, inBulk('PUT', { userName: 'alice', active: 'False' }))],
    [
      'PATCH in a bulk request',
      (id) => okta.patchUser(id, inBulk('PATCH', { Operations: off })['Operations'] as object[]),
    ],
  ];

  it.each(ways)('%s', async (_, deactivate) => {
    const alice = await okta.createUser({ userName: 'alice' });
    await okta.takeEvents();
    await deactivate(alice.id);
    const [event, ...others] = await okta.takeEvents();
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      name: 'user.deactivated',
      subject: alice.id,
      version: 2,
      data: { userId: alice.id, active: false, deleted: false, deactivations: 1, version: 2 },
    });
    expect((await okta.getUser(alice.id)).active).toBe(false);
  });

  it('increments the counter again after a reactivation, which does not change it', async () => {
    const { id } = await okta.createUser({ userName: 'alice' });
    for (const operations of [off, on, off]) await okta.patchUser(id, operations);
    const events = await okta.takeEvents();
    expect(events.map(({ name, data }) => [name, (data as { deactivations: number }).deactivations])).toEqual([
      ['user.created', 0],
      ['user.deactivated', 1],
      ['user.reactivated', 1],
      ['user.deactivated', 2],
    ]);
  });

  it('uses the urgent lane', async () => {
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

  it('a user created as inactive has the counter 0', async () => {
    const erin = await okta.createUser({ userName: 'erin', active: false });
    expect(erin.active).toBe(false);
    expect(await okta.takeEvents()).toMatchObject([
      { name: 'user.created', data: { active: false, deactivations: 0 } },
    ]);
  });

  it('a second deactivation publishes nothing', async () => {
    const { id } = await okta.createUser({ userName: 'alice' });
    const deactivated = await okta.patchUser(id, off);
    await okta.takeEvents();
    expect(await okta.patchUser(id, off)).toEqual(deactivated);
    expect(await okta.takeEvents()).toEqual([]);
  });
});

describe('only an explicit `active: true` reactivates', () => {
  it.each([
    ['PUT without active', () => ({ userName: 'alice', title: 'x' })],
    ['PUT with null', () => ({ userName: 'alice', active: null })],
  ])('%s does not', async (_, body) => {
    const { id } = await okta.createUser({ userName: 'alice', active: false });
    expect((await okta.putUser(id, body())).active).toBe(false);
  });

  it('a PATCH of another attribute does not, and a removal of active is refused', async () => {
    const { id } = await okta.createUser({ userName: 'alice', active: false });
    expect((await okta.patchUser(id, [{ op: 'replace', path: 'title', value: 'x' }])).active).toBe(false);
    await expect(okta.patchUser(id, [{ op: 'remove', path: 'active' }])).rejects.toEqual(refusedWith('invalidValue'));
  });

  it.each([
    ['PUT', (id: string) => okta.putUser(id, { userName: 'alice', active: true })],
    ['PATCH', (id: string) => okta.patchUser(id, on)],
  ])('%s with true does, and the id stays the same', async (_, reactivate) => {
    const { id } = await okta.createUser({ userName: 'alice' });
    await okta.patchUser(id, off);
    await okta.takeEvents();
    expect(await reactivate(id)).toMatchObject({ id, active: true, version: 3 });
    expect(await okta.takeEvents()).toMatchObject([
      { name: 'user.reactivated', data: { active: true, deactivations: 1 } },
    ]);
  });
});

describe('a write received before a deactivation cannot undo it', () => {
  const late: [string, (id: string) => Promise<unknown>][] = [
    ['PATCH', (id) => okta.patchUser(id, [...on, { op: 'replace', path: 'title', value: 'late' }], at(10))],
    ['PUT', (id) => okta.putUser(id, { userName: 'alice', title: 'late', active: true }, at(10))],
  ];

  it.each(late)('%s: the status stays, other attributes are written', async (_, write) => {
    const { id } = await okta.createUser({ userName: 'alice' }, at(1));
    await okta.patchUser(id, off, at(20));
    await okta.takeEvents();
    await write(id);
    expect(await okta.getUser(id)).toMatchObject({ active: false, attributes: { active: false, title: 'late' } });
    expect((await okta.takeEvents()).map(({ name }) => name)).toEqual(['user.updated']);
  });

  it('a repeated deactivation counts with its later time', async () => {
    const { id } = await okta.createUser({ userName: 'alice' }, at(1));
    await okta.patchUser(id, off, at(10));
    await okta.patchUser(id, off, at(30));
    expect((await okta.patchUser(id, on, at(20))).active).toBe(false);
    expect((await okta.patchUser(id, on, at(40))).active).toBe(true);
  });

  it('a create as inactive counts as a deactivation', async () => {
    const { id } = await okta.createUser({ userName: 'erin', active: false }, at(20));
    expect((await okta.patchUser(id, on, at(10))).active).toBe(false);
    expect((await okta.patchUser(id, on, at(21))).active).toBe(true);
  });

  it('a deactivation that arrives late still deactivates', async () => {
    const { id } = await okta.createUser({ userName: 'alice' }, at(1));
    await okta.patchUser(id, off, at(20));
    await okta.patchUser(id, on, at(30));
    expect((await okta.patchUser(id, off, at(10))).active).toBe(false);
  });
});

describe('deleting a user', () => {
  it('publishes user.deleted, increments the counter and keeps only a tombstone', async () => {
    const { id } = await okta.createUser({ userName: 'alice', displayName: 'Al' });
    await okta.takeEvents();
    await okta.deleteUser(id);
    const [event] = await okta.takeEvents();
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

  it('increments the counter of an inactive user too', async () => {
    const { id } = await okta.createUser({ userName: 'alice', active: false });
    await okta.takeEvents();
    await okta.deleteUser(id);
    expect(await okta.takeEvents()).toMatchObject([{ name: 'user.deleted', data: { deactivations: 1 } }]);
  });

  it('frees the userName for a new user with another id', async () => {
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
  it('returns users with a higher counter than the given one, and unknown users', async () => {
    const [alice, bob, carol] = await Promise.all(
      ['alice', 'bob', 'carol'].map((userName) => okta.createUser({ userName })),
    );
    await okta.patchUser(alice!.id, off);
    await okta.patchUser(bob!.id, off);
    await okta.patchUser(bob!.id, on);
    const counters = [alice!.id, bob!.id, carol!.id, 'unknown'].map((id) => ({ id, deactivations: 0 }));
    expect(await okta.deactivations(counters)).toEqual({
      changed: [
        expect.objectContaining({ userId: alice!.id, active: false, deactivations: 1, version: 2 }),
        expect.objectContaining({ userId: bob!.id, active: true, deactivations: 1, version: 3 }),
      ],
      absent: ['unknown'],
    });
    expect(await okta.deactivations(counters.slice(0, 3).map((user) => ({ ...user, deactivations: 1 })))).toEqual({
      changed: [],
      absent: [],
    });
  });

  it('finds no user of another integration', async () => {
    const { id } = await okta.createUser({ userName: 'alice' });
    await okta.patchUser(id, off);
    expect(await directory.tenant().deactivations([{ id, deactivations: 0 }])).toEqual({ changed: [], absent: [id] });
  });

  it('refuses more than 500 users in one command', () => {
    const users = Array.from({ length: 501 }, (_, i) => ({ id: String(i), deactivations: 0 }));
    expect(() => okta.deactivations(users)).toThrow('500');
  });
});
