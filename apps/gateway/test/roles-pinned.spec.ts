import { Refusal, type UserRecord } from '@tidegate/contracts';
import { eventually } from '@tidegate/testing';
import { DeactivationSweep } from '../src/auth/deactivations.worker.js';
import { Browser, ORIGIN } from './browser.js';
import { departure, Directory } from './directory.js';
import { type TestGateway, newIntegration, openGateway, wrongFields } from './harness.js';
import { CLIENT, Issuer } from './issuer.js';

interface Provider {
  id: string;
  redirectUri: string;
}
interface Role {
  id: string;
  effective: boolean;
  endedAt: string | null;
}

let subjects = 0;
const newSubject = () => `00u${String(++subjects).padStart(17, 'a')}`;

/** Effects of SCIM changes, in the same and in another integration, on roles. */
describe('a role and SCIM changes', () => {
  let gateway: TestGateway;
  let issuer: Issuer;
  let provider: Provider;
  let directory: Directory;
  let [here, there, unbound] = ['', '', ''];
  beforeAll(async () => {
    [gateway, issuer] = await Promise.all([openGateway({ publicUrl: ORIGIN }), Issuer.start()]);
    [here, there, unbound] = [
      (await newIntegration(gateway)).id,
      (await newIntegration(gateway)).id,
      (await newIntegration(gateway)).id,
    ];
    const settings = { issuer: issuer.url, ...CLIENT, label: 'Okta', integrationIds: [here, there] };
    provider = (await gateway.api('POST', '/login-providers', settings)).json<Provider>();
    directory = new Directory(gateway);
  });
  afterAll(async () => {
    await gateway.close();
    await issuer.close();
  });

  const give = (body: object) => gateway.api('POST', '/role-assignments', body);
  const given = async (body: object): Promise<Role> => {
    const answer = await give(body);
    expect([answer.statusCode, answer.body]).toMatchObject([201, expect.any(String)]);
    return answer.json<Role>();
  };
  const roleNow = async ({ id }: Role) =>
    (await gateway.api('GET', '/role-assignments')).json<{ items: Role[] }>().items.find((role) => role.id === id);
  const login = async (subject: string): Promise<[status: number, Browser]> => {
    const browser = new Browser(gateway);
    const started = await browser.get(`/login/start/${provider.id}`);
    const query = issuer.login(new URL(started.headers.location ?? ''), subject);
    const answer = await browser.get(`${new URL(provider.redirectUri).pathname}?${query.toString()}`);
    return [answer.statusCode, browser];
  };
  const rolesIn = async (browser: Browser) =>
    (await browser.api('GET', '/me')).json<{ roles?: Record<string, string[] | null> }>().roles;
  const deactivate = async (where: string, user: UserRecord) => {
    directory.change(user, { active: false });
    expect(await gateway.transport.publish(departure(where, user))).toEqual({ outcome: 'done' });
  };
  const bind = async (integrationIds: string[]) =>
    expect(
      (await gateway.api('PATCH', `/login-providers/${provider.id}`, { integrationIds, confirm: 'Okta' })).statusCode,
    ).toBe(200);
  /** Assigns a role while the provider has one integration, which can then end the role. */
  const givenBeforeThere = async (body: object): Promise<Role> => {
    await bind([here]);
    const role = await given(body);
    await bind([here, there]);
    return role;
  };
  /** Pushes a user with that externalId to the other integration, deactivates it there, and deletes it. */
  const leaveThere = async (subject: string) => {
    const user = directory.add(there, subject);
    await deactivate(there, user);
    await gateway.app.get(DeactivationSweep).sweep();
    directory.remove(there, user);
    await gateway.transport.publish(departure(there, { ...user, version: user.version + 1 }, 'user.deleted'));
    await gateway.app.get(DeactivationSweep).sweep();
  };
  const admin = (where: string, { id: userId }: UserRecord) => ({
    integrationId: where,
    userId,
    role: 'admin',
    integrationIds: [where],
  });

  it('stays with the identity of the user at the assignment', async () => {
    const [carol, thief] = [newSubject(), newSubject()];
    const user = directory.add(here, carol);
    const role = await given(admin(here, user));
    directory.change(user, { externalId: thief });
    const [status, stolen] = await login(thief);
    expect([status, await rolesIn(stolen)]).toEqual([403, undefined]);
    const [, own] = await login(carol);
    expect(await rolesIn(own)).toMatchObject({ admin: [here] });
    expect(role).toMatchObject({ issuer: issuer.url, subject: carol, integrationId: here, userId: user.id });
  });

  it('is assigned to the linked identity, regardless of the externalId of the user', async () => {
    const [carol, thief] = [newSubject(), newSubject()];
    const user = directory.add(here, carol);
    await login(carol);
    directory.change(user, { externalId: thief });
    expect(await given(admin(here, user))).toMatchObject({ subject: carol });
    expect((await login(thief))[0]).toBe(403);
  });

  it('is limited to the integration of the user to whom it is assigned', async () => {
    const user = directory.add(here, newSubject());
    const whom = { integrationId: here, userId: user.id, role: 'admin' };
    for (const integrationIds of [undefined, [there], [here, there], []]) {
      const wrong = await wrongFields(gateway, 'POST', '/role-assignments', { ...whom, integrationIds });
      expect([integrationIds, wrong]).toEqual([integrationIds, ['integrationIds']]);
    }
  });

  it('is refused for a user who cannot log in, with the reason', async () => {
    const shared = newSubject();
    const [first] = [directory.add(here, shared), directory.add(here, shared)];
    const cases: [string, UserRecord, string, RegExp][] = [
      [unbound, directory.add(unbound, newSubject()), 'integrationId', /no login provider/],
      [here, directory.add(here, undefined), 'userId', /no externalId/],
      [here, directory.add(here, ''), 'userId', /no externalId/],
      [here, directory.add(here, newSubject(), { active: false }), 'userId', /active/],
      [here, directory.add(there, newSubject()), 'userId', /a user of the integration/],
      [here, first, 'userId', /another user/],
    ];
    for (const [where, user, field, reason] of cases) {
      const answer = await give(admin(where, user));
      expect([reason, answer.statusCode, answer.json().errors]).toMatchObject([reason, 400, [{ field }]]);
      expect(answer.json<{ errors: { message: string }[] }>().errors[0]?.message).toMatch(reason);
    }
  });

  it('requires integrationId, which may be null, when the provider has several integrations', async () => {
    const identity = { issuer: issuer.url, subject: newSubject(), role: 'auditor' };
    expect(await wrongFields(gateway, 'POST', '/role-assignments', identity)).toEqual(['integrationId']);
    const elsewhere = { ...identity, integrationId: unbound };
    expect(await wrongFields(gateway, 'POST', '/role-assignments', elsewhere)).toEqual(['integrationId']);
    expect(await given({ ...identity, integrationId: here })).toMatchObject({ integrationId: here, userId: null });
    expect(await given({ ...identity, integrationId: null })).toMatchObject({ integrationId: null, effective: true });
  });

  it('is not ended by another integration of the same provider', async () => {
    const boss = newSubject();
    directory.add(here, boss);
    const role = await givenBeforeThere({ issuer: issuer.url, subject: boss, role: 'admin' });
    const stranger = directory.add(there, boss, { active: false });
    const [status, browser] = await login(boss);
    expect([status, await rolesIn(browser)]).toMatchObject([303, { admin: null }]);
    directory.remove(there, stranger);
    await leaveThere(boss);
    expect(await rolesIn(browser)).toMatchObject({ admin: null });
    expect((await login(boss))[0]).toBe(303);
    expect(await roleNow(role)).toMatchObject({ integrationId: here, effective: true, endedAt: null });
  });

  it('of an identity without user in its integration is not ended by another one', async () => {
    const boss = newSubject();
    const role = await givenBeforeThere({ issuer: issuer.url, subject: boss, role: 'admin' });
    const [, browser] = await login(boss);
    await leaveThere(boss);
    await eventually(async () => expect(await rolesIn(browser)).toMatchObject({ admin: null }));
    expect((await login(boss))[0]).toBe(303);
    expect(await roleNow(role)).toMatchObject({ integrationId: here, effective: true, endedAt: null });
  });

  it('without integration is not ended by any', async () => {
    const boss = { issuer: issuer.url, subject: newSubject(), role: 'admin', integrationId: null };
    const role = await given(boss);
    const [, browser] = await login(boss.subject);
    await leaveThere(boss.subject);
    expect(await rolesIn(browser)).toMatchObject({ admin: null });
    expect(await roleNow(role)).toMatchObject({ effective: true, endedAt: null });
  });

  it('ends with the user of its integration, and is not restored by the directory', async () => {
    const boss = { issuer: issuer.url, subject: newSubject(), role: 'admin' };
    const user = directory.add(here, boss.subject);
    const role = await givenBeforeThere(boss);
    const [, browser] = await login(boss.subject);
    await deactivate(here, user);
    await eventually(async () => expect(await rolesIn(browser)).toBeUndefined());
    expect((await login(boss.subject))[0]).toBe(403);
    // Another integration pushes an active user: the person is a member there, not an administrator.
    directory.add(there, boss.subject);
    const [status, member] = await login(boss.subject);
    expect([status, await rolesIn(member)]).toEqual([303, { member: [there], auditor: [], admin: [] }]);
    expect(await roleNow(role)).toMatchObject({ effective: false, endedAt: expect.stringMatching(/Z$/) });
    // Neither a reactivation nor a successor of the user restores the role.
    directory.change(user, { active: true });
    expect(await rolesIn((await login(boss.subject))[1])).toMatchObject({ admin: [] });
    directory.remove(here, user);
    directory.add(here, boss.subject);
    expect(await rolesIn((await login(boss.subject))[1])).toMatchObject({ admin: [] });
    const again = await given({ ...boss, integrationId: here });
    expect([await roleNow(role), await roleNow(again)]).toMatchObject([undefined, { effective: true }]);
    expect(await rolesIn((await login(boss.subject))[1])).toMatchObject({ admin: null });
  });

  it('ends without an event, and without a login', async () => {
    const [lost, never] = [newSubject(), newSubject()];
    const [lostUser, neverUser] = [directory.add(here, lost), directory.add(here, never)];
    const roles = [await given(admin(here, lostUser)), await given(admin(here, neverUser))];
    const [, browser] = await login(lost);
    expect(await rolesIn(browser)).toMatchObject({ admin: [here] });
    directory.change(lostUser, { active: false });
    await gateway.app.get(DeactivationSweep).sweep();
    await deactivate(here, neverUser);
    for (const role of roles) expect(await roleNow(role)).toMatchObject({ effective: false });
    await eventually(async () => expect(await rolesIn(browser)).toBeUndefined());
  });

  it('is not ended by an earlier deactivation', async () => {
    const user = directory.add(here, newSubject());
    directory.change(user, { active: false });
    const late = departure(here, user);
    directory.change(user, { active: true });
    const role = await given(admin(here, user));
    await gateway.transport.publish(late);
    expect(await roleNow(role)).toMatchObject({ effective: true });
  });

  it('ends when the user is deactivated during the assignment', async () => {
    const user = directory.add(here, newSubject());
    const { 'users.get': kept } = gateway.transport.handlers;
    let asked = 0;
    gateway.transport.handlers['users.get'] = (data, asking) => {
      // The directory responds twice before the insert: for the user, and for its status.
      if (++asked === 3) directory.change(user, { active: false });
      return kept!(data, asking);
    };
    try {
      expect(await given(admin(here, user))).toMatchObject({ effective: false });
    } finally {
      if (kept) gateway.transport.handlers['users.get'] = kept;
    }
  });

  it('is assigned once by repeated and concurrent calls', async () => {
    const user = directory.add(here, newSubject());
    const { 'users.get': kept } = gateway.transport.handlers;
    let asked = 0;
    gateway.transport.handlers['users.get'] = (data, asking) => {
      // After the insert.
      if (++asked === 3) throw new Refusal('unavailable', 'The directory is unavailable.');
      return kept!(data, asking);
    };
    try {
      expect((await give(admin(here, user))).statusCode).toBe(503);
    } finally {
      if (kept) gateway.transport.handlers['users.get'] = kept;
    }
    const again = await Promise.all([given(admin(here, user)), given(admin(here, user))]);
    const { items } = (await gateway.api('GET', '/role-assignments')).json<{ items: (Role & { userId: string })[] }>();
    const its = items.filter(({ userId }) => userId === user.id);
    expect([its.length, ...again.map(({ id }) => id)]).toEqual([1, its[0]?.id, its[0]?.id]);
    const identity = { issuer: issuer.url, subject: newSubject(), role: 'auditor', integrationId: null };
    const wide = [await given(identity), await given(identity)];
    const two = { ...identity, integrationIds: [here, there] };
    const narrow = [await given(two), await given({ ...two, integrationIds: [there, here] })];
    expect([new Set(wide.map(({ id }) => id)).size, new Set([...wide, ...narrow].map(({ id }) => id)).size]).toEqual([
      1, 2,
    ]);
  });

  it('that is assigned again is not ended by an earlier deactivation', async () => {
    const user = directory.add(here, newSubject());
    const role = await given(admin(here, user));
    const left = departure(here, { ...user, version: user.version + 1 });
    directory.change(user, {});
    directory.change(user, {});
    expect(await given(admin(here, user))).toMatchObject({ id: role.id });
    expect(await gateway.transport.publish(left)).toEqual({ outcome: 'done' });
    expect(await roleNow(role)).toMatchObject({ endedAt: null, effective: true });
  });

  it('is not effective while its integration has another provider', async () => {
    const boss = { issuer: issuer.url, subject: newSubject(), role: 'admin', integrationId: here };
    const role = await given(boss);
    await bind([there]);
    expect([(await login(boss.subject))[0], await roleNow(role)]).toMatchObject([
      403,
      { effective: false, endedAt: null },
    ]);
    await bind([here, there]);
    expect([(await login(boss.subject))[0], await roleNow(role)]).toMatchObject([303, { effective: true }]);
  });

  it('is logged when the person is first linked to a user', async () => {
    const subject = newSubject();
    const role = await given({ issuer: issuer.url, subject, role: 'admin', integrationId: here });
    const user = directory.add(there, subject);
    const linked = () =>
      gateway.log.filter((line) => line.includes('Linked a person with a role') && line.includes(subject));
    await login(subject);
    await login(subject);
    expect(linked().map((line) => JSON.parse(line) as object)).toMatchObject([
      { integrationId: there, userId: user.id, issuer: issuer.url, subject, assignmentIds: [role.id] },
    ]);
  });
});
