import { eventually } from '@tidegate/testing';
import { connectApp, startOrg } from './test-organization.js';

describe('Provisioning', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function organization(key: Parameters<typeof connectApp>[2] = 'scim2-bearer', timeoutSeconds?: number) {
    const parts = await startOrg(closers, undefined, timeoutSeconds);
    const app = await connectApp(parts.org, parts.tidegate, key);
    /** @returns method and path of the requests sent by an action, after all tasks are done */
    const sent = async (work: () => unknown) => {
      parts.tidegate.sent();
      work();
      await parts.org.idle();
      return parts.tidegate.sent().map((line) => line.split(/ ?[{?]/)[0]);
    };
    return { ...parts, app, sent };
  }

  it('a 429 pauses only its task, further ones double the pause, and the tenth fails the task', async () => {
    const { app, tidegate, clock, org, add } = await organization();
    const [alice, bob] = [add('alice'), add('bob')];
    const busy = { status: 429, headers: { 'Retry-After': '7' }, body: { detail: 'slow down' } };
    tidegate.replies.push(busy);
    app.assignments.assign({ person: alice });
    app.assignments.assign({ person: bob });
    await org.idle();
    expect(app.tasks.all).toMatchObject([
      { label: 'assign bob@acme.example', state: 'done' },
      { label: 'assign alice@acme.example', state: 'waiting', resumesAt: clock.time + 7_000 },
    ]);
    for (let attempt = 2; attempt <= 10; attempt += 1) {
      tidegate.replies.push(busy);
      await eventually(() => expect(clock.pauses).toHaveLength(attempt - 1));
      clock.pauses.at(-1)?.end();
    }
    await eventually(() => expect(app.tasks.failed).toMatchObject([{ status: 429, detail: 'slow down' }]));
    expect(clock.pauses.map(({ seconds }) => seconds)).toEqual([7, 14, 28, 56, 112, 224, 448, 896, 1792]);
    await app.tasks.retry();
    expect(app.tasks.failed).toEqual([]);
  });

  it('a timeout fails the task without a retry', async () => {
    const { app, tidegate, add, sent } = await organization('scim2-bearer', 1);
    tidegate.replies.push(null);
    expect(await sent(() => app.assignments.assign({ person: add('alice') }))).toEqual(['GET /Users']);
    expect(app.tasks.failed).toMatchObject([{ status: undefined, detail: 'no response within 1 seconds' }]);
  });

  it('the retry of a failed assignment that was removed meanwhile sends nothing', async () => {
    const { app, tidegate, add, sent } = await organization();
    const alice = add('alice');
    tidegate.replies.push({ status: 500, body: { detail: 'out of order' } });
    await sent(() => app.assignments.assign({ person: alice }));
    expect(await sent(() => app.assignments.unassign({ person: alice }))).toEqual([]);
    await app.tasks.retry();
    expect(tidegate.sent()).toEqual([]);
    expect(app.tasks.all.filter((task) => task.state === 'failed')).toEqual([]);
  });

  it('a staged person is sent on activation, and suspension sends nothing', async () => {
    const { app, org, sent } = await organization();
    const person = { givenName: 'Alice', familyName: 'Archer', userName: 'alice@acme.example', activate: false };
    const alice = org.people.create(person);
    expect(await sent(() => app.assignments.assign({ person: alice }))).toEqual([]);
    expect(await sent(() => org.people.change(alice, 'activate'))).toEqual(['GET /Users', 'POST /Users']);
    expect(await sent(() => org.people.change(alice, 'suspend'))).toEqual([]);
    expect(await sent(() => org.people.update(alice, { title: 'Engineer' }))).toEqual([]);
    expect(await sent(() => org.people.change(alice, 'unsuspend'))).toEqual([]);
  });

  it('a deactivated person of an assigned group is sent once, and a later deletion sends nothing', async () => {
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

  it('a person assigned directly and through a group stays until both assignments are removed', async () => {
    const { app, org, add, sent } = await organization();
    const alice = add('alice');
    const group = org.groups.create('Everybody');
    org.groups.changeMembers(group, { add: [alice] });
    await sent(() => [app.assignments.assign({ person: alice }), app.assignments.assign({ group })]);
    expect(await sent(() => app.assignments.unassign({ person: alice }))).toEqual([]);
    expect(await sent(() => org.groups.changeMembers(group, { remove: [alice] }))).toEqual(['PATCH /Users/Users-1']);
  });

  it('catalog apps can update profiles by PATCH, wizard apps use GET and PUT', async () => {
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

  it('a push rule matches existing groups and groups created or renamed later', async () => {
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

  it('an inactive push sends nothing, and its activation sends all members', async () => {
    const { app, org, add, sent } = await organization();
    const group = org.groups.create('On-call');
    const alice = add('alice');
    await sent(() => [app.assignments.assign({ person: alice }), app.pushGroups.pushByName(group)]);
    app.pushGroups.setActive(group, false);
    expect(await sent(() => org.groups.changeMembers(group, { add: [alice] }))).toEqual([]);
    const replace = ['PATCH /Groups/Groups-1', 'PATCH /Groups/Groups-1'];
    expect(await sent(() => app.pushGroups.setActive(group, true))).toEqual(replace);
  });

  it('unlinking deletes or keeps the group on the server', async () => {
    const { app, org, sent } = await organization();
    const [one, other] = [org.groups.create('One'), org.groups.create('Other')];
    await sent(() => [app.pushGroups.pushByName(one), app.pushGroups.pushByName(other)]);
    expect(await sent(() => app.pushGroups.unlink(one, 'delete'))).toEqual(['DELETE /Groups/Groups-1']);
    expect(await sent(() => app.pushGroups.unlink(other, 'leave'))).toEqual([]);
    expect(() => app.pushGroups.pushNow(other)).toThrow('is not pushed');
    expect(await sent(() => app.pushGroups.pushByName(other))).toContain('GET /Groups');
  });

  it('changes per PATCH are configurable', async () => {
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

  it('nothing is sent while the API integration is disabled', async () => {
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
