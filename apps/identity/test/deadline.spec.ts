import { isTransient } from '@tidegate/messaging';
import { Refusal } from '@tidegate/contracts';
import { eventually } from '@tidegate/testing';
import { type Directory, members, openDirectory, type Tenant } from './harness.js';

let directory: Directory;
let okta: Tenant;
beforeAll(async () => void (directory = await openDirectory()));
afterAll(() => directory.close());
beforeEach(() => void (okta = directory.tenant()));

const soon = () => ({ deadlineAt: Date.now() + 150 });
/** `repeatable` if the command was too late or its outcome is unknown, so the caller can repeat it; else the error. */
const outcomeOf = (write: () => Promise<unknown>): Promise<unknown> =>
  write().then(
    () => 'done',
    (error: unknown) =>
      isTransient(error) || (error instanceof Refusal && error.code === 'deadline') ? 'repeatable' : error,
  );

/** The outcome of a write while another transaction holds the row locks of the statement `lock`. */
function whileLocked(lock: string, write: () => Promise<unknown>): Promise<unknown> {
  return okta.inTransaction(async (tx) => {
    await tx.run(lock);
    return outcomeOf(write);
  });
}

describe('a command changes nothing if its deadline passes', () => {
  it('while it waits for a user', async () => {
    const alice = await okta.createUser({ userName: 'alice' });
    await okta.takeEvents();
    const writes = [
      () => okta.patchUser(alice.id, [{ op: 'replace', value: { active: false } }], soon()),
      () => okta.putUser(alice.id, { userName: 'other' }, soon()),
      () => okta.deleteUser(alice.id, soon()),
    ];
    for (const write of writes)
      expect(await whileLocked('SELECT 1 FROM identity.users FOR UPDATE', write)).toBe('repeatable');
    expect(await okta.getUser(alice.id)).toEqual(alice);
    expect(await okta.takeEvents()).toEqual([]);
  });

  it('while it waits for a group or a member', async () => {
    const [alice] = await okta.createUsers(1);
    const group = await okta.createGroup({ displayName: 'Ops' });
    await okta.takeEvents();
    const write = () => okta.patchGroup(group.id, [{ op: 'add', path: 'members', value: members(alice!) }], soon());
    for (const table of ['groups', 'users'])
      expect(await whileLocked(`SELECT 1 FROM identity.${table} FOR UPDATE`, write)).toBe('repeatable');
    expect(await okta.getGroup(group.id)).toEqual(group);
    expect(await okta.takeEvents()).toEqual([]);
  });

  it('while it waits for a concurrent create with the same userName', async () => {
    const bob = okta.createUser({ userName: 'bob' });
    await bob;
    const write = () => okta.createUser({ userName: 'alice' }, soon());
    const rename = `UPDATE identity.users SET user_name_key = 'alice'`;
    await okta
      .inTransaction(async (tx) => {
        await tx.run(rename);
        expect(await outcomeOf(write)).toBe('repeatable');
        throw new Error('rolled back');
      })
      .catch(() => undefined);
    expect((await okta.findUsers()).items.map(({ attributes }) => attributes.userName)).toEqual(['bob']);
  });

  it('while it runs', async () => {
    const command = okta.command('users.get', { id: '' }, soon());
    const tooLate = directory.database.transaction(command, async (tx) => {
      await tx.run('INSERT INTO identity.integrations (integration_id) VALUES ($1)', [okta.integrationId]);
      await eventually(() => expect(Date.now()).toBeGreaterThanOrEqual(command.deadlineAt));
    });
    await expect(tooLate).rejects.toMatchObject({ code: 'deadline' });
    expect(await okta.sql('SELECT 1 FROM identity.integrations')).toEqual([]);
  });

  it('before it starts', async () => {
    const past = { deadlineAt: Date.now() - 1 };
    await expect(okta.createUser({ userName: 'alice' }, past)).rejects.toMatchObject({ code: 'deadline' });
    expect((await okta.findUsers()).totalResults).toBe(0);
  });
});
