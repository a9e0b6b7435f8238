import { eventually } from '@tidegate/testing';
import { connected, orgBefore } from './organization.js';

describe('what an organization sends', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function organization(key: Parameters<typeof connected>[2] = 'scim2-bearer', timeoutSeconds?: number) {
    const parts = await orgBefore(closers, undefined, timeoutSeconds);
    const app = await connected(parts.org, parts.tidegate, key);
    /** What is sent until all tasks are done, as method and path. */
    const sent = async (work: () => unknown) => {
      parts.tidegate.sent();
      work();
      await parts.org.idle();
      return parts.tidegate.sent().map((line) => line.split(/ ?[{?]/)[0]);
    };
    return { ...parts, app, sent };
  }

  it('a 429 pauses its task alone, doubles the pause, and the tenth fails it', async () => {
    const { app, tidegate, clock, org, add } = await organization();
    const [alice, bob] = [add('alice'), add('bob')];
    const busy = { status: 429, headers: { 'Retry-After': '7' }, body: { detail: 'slow down' } };
    tidegate.instead.push(busy);
    app.assignments.assign({ person: alice });
    app.assignments.assign({ person: bob });
    await org.idle();
    expect(app.tasks.all).toMatchObject([
      { label: 'assign bob@acme.example', state: 'done' },
      { label: 'assign alice@acme.example', state: 'waiting', resumesAt: clock.time + 7_000 },
    ]);
    for (let attempt = 2; attempt <= 10; attempt += 1) {
      tidegate.instead.push(busy);
      await eventually(() => expect(clock.pauses).toHaveLength(attempt - 1));
      clock.pauses.at(-1)?.end();
    }
    await eventually(() => expect(app.tasks.failed).toMatchObject([{ status: 429, detail: 'slow down' }]));
    expect(clock.pauses.map(({ seconds }) => seconds)).toEqual([7, 14, 28, 56, 112, 224, 448, 896, 1792]);
    await app.tasks.retry();
    expect(app.tasks.failed).toEqual([]);
  });

  it('a call that is not answered in time is a failed task, and is not repeated', async () => {
    const { app, tidegate, add, sent } = await organization('scim2-bearer', 1);
    tidegate.instead.push(null);
    expect(await sent(() => app.assignments.assign({ person: add('alice') }))).toEqual(['GET /Users']);
    expect(app.tasks.failed).toMatchObject([{ status: undefined, detail: 'no answer within 1 seconds' }]);
  });

  it('a failed assignment that was taken back in the meantime sends nothing when it is retried', async () => {
    const { app, tidegate, add, sent } = await organization();
    const alice = add('alice');
    tidegate.instead.push({ status: 500, body: { detail: 'out of order' } });
    await sent(() => app.assignments.assign({ person: alice }));
    expect(await sent(() => app.assignments.unassign({ person: alice }))).toEqual([]);
    await app.tasks.retry();
    expect(tidegate.sent()).toEqual([]);
    expect(app.tasks.all.filter((task) => task.state === 'failed')).toEqual([]);
  });

  it('who is staged is sent when activated; who is suspended is not sent at all', async () => {
    const { app, org, sent } = await organization();
    const person = { givenName: 'Alice', familyName: 'Archer', userName: 'alice@acme.example', activate: false };
    const alice = org.people.create(person);
    expect(await sent(() => app.assignments.assign({ person: alice }))).toEqual([]);
    expect(await sent(() => org.people.change(alice, 'activate'))).toEqual(['GET /Users', 'POST /Users']);
    expect(await sent(() => org.people.change(alice, 'suspend'))).toEqual([]);
    expect(await sent(() => org.people.update(alice, { title: 'Engineer' }))).toEqual([]);
    expect(await sent(() => org.people.change(alice, 'unsuspend'))).toEqual([]);
  });

  it('a person of a group is deactivated at once, and a person deleted afterwards is not sent again', async () => {
    const { app, org, add, sent } = await organization();
    const alice = add('alice');
    const group = org.groups.create('Everybody');
    org.groups.changeMembers(group, { add: [alice] });
    await sent(() => app.assignments.assign({ group }));
    expect(await sent(() => org.people.change(alice, 'deactivate'))).toEqual(['PATCH /Users/Users-1']);
    expect(await sent(() => org.people.change(alice, 'activate'))).toEqual(['GET /Users', 'PATCH /Users/Users-1']);
    await sent(() => org.people.change(alice, 'deactivate'));
    expect(await sent(() => org.people.remove(alice))).toEqual([]);
    expect(add('alice').id).not.toBe(alice.id);
  });

  it('one who is assigned by name and through a group stays when one of both is taken away', async () => {
    const { app, org, add, sent } = await organization();
    const alice = add('alice');
    const group = org.groups.create('Everybody');
    org.groups.changeMembers(group, { add: [alice] });
    await sent(() => [app.assignments.assign({ person: alice }), app.assignments.assign({ group })]);
    expect(await sent(() => app.assignments.unassign({ person: alice }))).toEqual([]);
    expect(await sent(() => org.groups.changeMembers(group, { remove: [alice] }))).toEqual(['PATCH /Users/Users-1']);
  });

  it('profiles go by PATCH when the app is set so, and by GET and PUT from the wizard', async () => {
    const catalog = await organization();
    catalog.app.general = { ...catalog.app.general, profileUpdates: 'patch' };
    const alice = catalog.add('alice');
    await catalog.sent(() => catalog.app.assignments.assign({ person: alice }));
    expect(await catalog.sent(() => catalog.org.people.update(alice, { title: 'Engineer' }))).toEqual([
      'PATCH /Users/Users-1',
    ]);
    const wizard = await organization('wizard-header');
    const bob = wizard.add('bob');
    await wizard.sent(() => wizard.app.assignments.assign({ person: bob }));
    const both = ['GET /Users/Users-1', 'PUT /Users/Users-1'];
    expect(await wizard.sent(() => wizard.org.people.update(bob, { title: 'Engineer' }))).toEqual(both);
    expect(await wizard.sent(() => wizard.org.people.change(bob, 'deactivate'))).toEqual(both);
  });

  it('groups are found by rule, those that are made or renamed later too', async () => {
    const { app, org, sent } = await organization();
    org.groups.create('aws-admins');
    org.groups.create('Finance');
    const rule = { match: 'starts with', value: 'AWS-' } as const;
    expect(await sent(() => app.pushGroups.pushByRule(rule, org.directory.groups.values()))).toEqual([
      'GET /Groups',
      'POST /Groups',
    ]);
    expect(await sent(() => org.groups.create('aws-readers'))).toEqual(['GET /Groups', 'POST /Groups']);
    const finance = org.directory.groupNamed('Finance')!;
    expect(await sent(() => org.groups.rename(finance, 'aws-finance'))).toEqual(['GET /Groups', 'POST /Groups']);
    expect(await sent(() => org.groups.rename(finance, 'aws-money'))).toEqual(['PATCH /Groups/Groups-3']);
  });

  it('an inactive push sends nothing, and its activation the whole group', async () => {
    const { app, org, add, sent } = await organization();
    const group = org.groups.create('On-call');
    const alice = add('alice');
    await sent(() => [app.assignments.assign({ person: alice }), app.pushGroups.pushByName(group)]);
    app.pushGroups.setActive(group, false);
    expect(await sent(() => org.groups.changeMembers(group, { add: [alice] }))).toEqual([]);
    const replace = ['PATCH /Groups/Groups-1', 'PATCH /Groups/Groups-1'];
    expect(await sent(() => app.pushGroups.setActive(group, true))).toEqual(replace);
  });

  it('unlinking deletes the group there, or leaves it', async () => {
    const { app, org, sent } = await organization();
    const [one, other] = [org.groups.create('One'), org.groups.create('Other')];
    await sent(() => [app.pushGroups.pushByName(one), app.pushGroups.pushByName(other)]);
    expect(await sent(() => app.pushGroups.unlink(one, 'delete'))).toEqual(['DELETE /Groups/Groups-1']);
    expect(await sent(() => app.pushGroups.unlink(other, 'leave'))).toEqual([]);
    expect(() => app.pushGroups.pushNow(other)).toThrow('is not pushed');
    expect(await sent(() => app.pushGroups.pushByName(other))).toContain('GET /Groups');
  });

  it('member changes are cut as the app is set', async () => {
    const { app, org, add, sent } = await organization();
    app.general = { ...app.general, changesPerPatch: 150 };
    const people = Array.from({ length: 200 }, (_, index) => add(`p${index}`));
    const group = org.groups.create('On-call');
    await sent(() => {
      for (const person of people) app.assignments.assign({ person });
      app.pushGroups.pushByName(group);
    });
    const patches = await sent(() => org.groups.changeMembers(group, { add: people }));
    expect(patches).toEqual(Array<string>(3).fill('PATCH /Groups/Groups-1'));
  });

  it('nothing is sent while the API integration is not enabled', async () => {
    const { app, org, add, sent } = await organization();
    app.connection.edit({ ...app.connection.draft.settings, enabled: false });
    await app.connection.save();
    const [alice, group] = [add('alice'), org.groups.create('On-call')];
    const all = () => [
      app.assignments.assign({ person: alice }),
      app.pushGroups.pushByName(group),
      app.pushGroups.pushNow(group),
    ];
    expect(await sent(all)).toEqual([]);
    await expect(app.import()).rejects.toThrow('Enable the API integration');
  });
});
