import { recordingServer, type Received, type Reply } from './recording-server.js';
import { type AppKind } from '../src/app-kind.js';
import { OktaApp, testConnection } from '../src/app.js';
import { Organization } from '../src/organization.js';
import { ScimClient } from '../src/scim-client.js';

const NONE = { schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults: 0, Resources: [] };
const PATCH_OP = '"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"]';
const USER = '"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"]';
const GROUP = '"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"]';
const FIND_ALICE = 'GET /Users?filter=userName%20eq%20%22alice%40acme.example%22&startIndex=1&count=100';
const FIND_GROUP = 'GET /Groups?filter=displayName%20eq%20%22On-call%22&startIndex=1&count=100';

/** Searches find nothing, creations get ids (`u1`, `g1`, …), reads return alice, and all other requests succeed. */
function emptyServer(): (received: Received) => Reply {
  let created = 0;
  return ({ method, url, body }) => {
    if (method === 'POST') {
      created += 1;
      const sent = JSON.parse(body) as object;
      return { status: 201, body: { ...sent, id: `${url.startsWith('/Users') ? 'u' : 'g'}${created}` } };
    }
    if (method !== 'GET') return { status: 200, body: {} };
    return { status: 200, body: url.includes('?') ? NONE : STORED };
  };
}

const STORED = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  id: 'u1',
  userName: 'alice@acme.example',
  name: { givenName: 'Alice', familyName: 'Acme', formatted: 'Alice Acme' },
  active: true,
  groups: [],
  meta: { resourceType: 'User' },
};

describe('An Okta app', () => {
  const closers: (() => unknown)[] = [];
  afterEach(async () => {
    for (const close of closers.splice(0)) await close();
  });

  async function appOf(kind: AppKind, answer = emptyServer()) {
    const server = await recordingServer(answer);
    const client = new ScimClient({ baseUrl: server.url, token: 't0k' });
    const app = new OktaApp(kind, client);
    closers.push(() => client.close(), server.close);
    const organization = new Organization();
    const [alice, bob, carol] = ['Alice', 'Bob', 'Carol'].map((name) =>
      organization.addPerson(`${name.toLowerCase()}@acme.example`, name, 'Acme'),
    ) as [
      ReturnType<Organization['addPerson']>,
      ReturnType<Organization['addPerson']>,
      ReturnType<Organization['addPerson']>,
    ];
    /** Requests from now on. */
    const sent = async (work: () => Promise<unknown>) => {
      const before = server.received.length;
      await work();
      return server.lines().slice(before);
    };
    return { app, organization, alice, bob, carol, sent };
  }

  it('tests the connection with two fixed reads', async () => {
    const { app, sent } = await appOf('oin');
    expect(await sent(() => testConnection(app.client))).toEqual([
      'GET /Users?startIndex=1&count=2',
      'GET /Groups?startIndex=1&count=100',
    ]);
  });

  it('searches a person by userName and creates a missing one, with a placeholder password', async () => {
    const { app, alice, sent } = await appOf('oin');
    const [lookup, create] = await sent(() => app.users.assign(alice));
    expect(alice.id).toMatch(/^00u[A-Za-z0-9]{17}$/);
    expect(lookup).toBe(FIND_ALICE);
    expect(create?.replace(/"password":"[0-9a-z]{8}"/, '"password":"1mz050nq"')).toBe(
      `POST /Users {${USER},"userName":"alice@acme.example","name":{"givenName":"Alice","familyName":"Acme"},` +
        '"emails":[{"primary":true,"value":"alice@acme.example","type":"work"}],"displayName":"Alice Acme",' +
        `"locale":"en-US","externalId":"${alice.id}","groups":[],"password":"1mz050nq","active":true}`,
    );
    expect(app.users.idOf(alice)).toBe('u1');
  });

  it('links an existing person, active or inactive, and sends the profile', async () => {
    const found = { ...NONE, totalResults: 1, Resources: [{ ...STORED, active: false }] };
    const { app, alice, sent } = await appOf('oin', ({ method, url }) =>
      method === 'GET' ? { status: 200, body: url.includes('?') ? found : STORED } : { status: 200, body: {} },
    );
    const [lookup, read, write] = await sent(() => app.users.assign(alice));
    expect([lookup, read]).toEqual([FIND_ALICE, 'GET /Users/u1']);
    expect(JSON.parse(write?.replace('PUT /Users/u1 ', '') ?? '')).toMatchObject({
      id: 'u1',
      externalId: alice.id,
      active: true,
    });
  });

  it('fails the task if the response to a creation is empty', async () => {
    const { app, alice } = await appOf('oin', ({ method }) =>
      method === 'POST' ? { status: 201 } : { status: 200, body: NONE },
    );
    expect(await app.users.assign(alice)).toBe(false);
    expect(app.tasks.failed).toMatchObject([{ detail: 'Create new user returned empty user.' }]);
  });

  it('updates a profile by merging the changes into the read resource', async () => {
    const { app, alice, sent } = await appOf('oin');
    await app.users.assign(alice);
    expect(
      await sent(() => app.users.updateProfile(alice, { name: { givenName: 'Alicia' }, title: 'Engineer' })),
    ).toEqual([
      'GET /Users/u1',
      `PUT /Users/u1 {${USER},"id":"u1","userName":"alice@acme.example",` +
        '"name":{"givenName":"Alicia","familyName":"Acme","formatted":"Alice Acme"},"active":true,"groups":[],' +
        '"meta":{"resourceType":"User"},"title":"Engineer"}',
    ]);
  });

  it('updates a profile by PATCH without a path', async () => {
    const { app, alice, sent } = await appOf('oin');
    await app.users.assign(alice);
    expect(await sent(() => app.users.patchProfile(alice, { name: { givenName: 'Alicia' } }))).toEqual([
      `PATCH /Users/u1 {${PATCH_OP},"Operations":[{"op":"replace","value":{"name":{"givenName":"Alicia"}}}]}`,
    ]);
  });

  it('of the catalog deactivates by PATCH and never sends DELETE', async () => {
    const { app, alice, sent } = await appOf('oin');
    await app.users.assign(alice);
    expect(await sent(() => app.users.deactivate(alice))).toEqual([
      `PATCH /Users/u1 {${PATCH_OP},"Operations":[{"op":"replace","value":{"active":false}}]}`,
    ]);
  });

  it('of the wizard deactivates by GET and PUT', async () => {
    const { app, alice, sent } = await appOf('aiw');
    await app.users.assign(alice);
    expect(await sent(() => app.users.deactivate(alice))).toEqual([
      'GET /Users/u1',
      `PUT /Users/u1 ${JSON.stringify({ ...STORED, active: false })}`,
    ]);
  });

  it('pushes only assigned and active members, and renames before each change', async () => {
    const { app, organization, alice, bob, carol, sent } = await appOf('oin');
    for (const person of [alice, bob]) await app.users.assign(person);
    await app.users.deactivate(bob);
    const group = organization.addGroup('On-call', [alice, bob, carol]);
    const aliceAsMember = '{"value":"u1","display":"alice@acme.example"}';
    const name = `PATCH /Groups/g3 {${PATCH_OP},"Operations":[{"op":"replace","value":{"id":"g3","displayName":"On-call"}}]}`;
    expect(await sent(() => app.groups.push(group))).toEqual([
      FIND_GROUP,
      `POST /Groups {${GROUP},"displayName":"On-call","members":[${aliceAsMember}]}`,
    ]);
    await app.users.assign(carol);
    expect(await sent(() => app.groups.changeMembers(group, { add: [carol], remove: [alice, bob] }))).toEqual([
      name,
      `PATCH /Groups/g3 {${PATCH_OP},"Operations":[{"op":"remove","path":"members[value eq \\"u1\\"]"},` +
        '{"op":"remove","path":"members[value eq \\"u2\\"]"},' +
        '{"op":"add","path":"members","value":[{"value":"u4","display":"carol@acme.example"}]}]}',
    ]);
    group.members.clear();
    expect(await sent(() => app.groups.pushNow(group))).toEqual([
      name,
      `PATCH /Groups/g3 {${PATCH_OP},"Operations":[{"op":"replace","path":"members","value":[]}]}`,
    ]);
    expect(await sent(() => app.groups.unlink(group))).toEqual(['DELETE /Groups/g3']);
  });

  it('can create an empty group and send its members afterwards', async () => {
    const { app, organization, sent } = await appOf('oin');
    const [, create, name, members] = await sent(() =>
      app.groups.push(organization.addGroup('On-call', []), { membersInPost: false }),
    );
    expect(create).toBe(`POST /Groups {${GROUP},"displayName":"On-call","members":[]}`);
    expect(name).toContain('"displayName":"On-call"');
    expect(members).toContain('{"op":"replace","path":"members","value":[]}');
  });

  it('sends all changes, at most 100 per PATCH', async () => {
    const { app, organization, sent } = await appOf('oin');
    const people = Array.from({ length: 150 }, (_, index) =>
      organization.addPerson(`p${index}@acme.example`, 'P', 'Acme'),
    );
    for (const person of people) await app.users.assign(person);
    const group = organization.addGroup('On-call', people.slice(0, 60));
    await app.groups.push(group);
    const [, ...patches] = await sent(() =>
      app.groups.changeMembers(group, { add: people.slice(60), remove: people.slice(0, 60) }),
    );
    expect(patches.map((line) => [count(line, '"op":"remove"'), count(line, '"display":')])).toEqual([
      [60, 40],
      [0, 50],
    ]);
  });

  it('of the wizard changes groups by GET and PUT', async () => {
    const { app, organization, alice, sent } = await appOf('aiw');
    await app.users.assign(alice);
    const group = organization.addGroup('On-call', []);
    await app.groups.push(group);
    expect(await sent(() => app.groups.changeMembers(group, { add: [alice] }))).toEqual([
      'GET /Groups/g2',
      `PUT /Groups/g2 {${GROUP},"id":"g2","displayName":"On-call","members":[{"value":"u1","display":"alice@acme.example"}]}`,
    ]);
  });

  it('imports page by page, without inactive users', async () => {
    const all = Array.from({ length: 250 }, (_, index) => ({ id: `u${index}`, active: index !== 7 }));
    const { app, sent } = await appOf('oin', ({ url }) => {
      const start = Number(new URL(url, 'http://x').searchParams.get('startIndex'));
      return url.startsWith('/Users')
        ? { status: 200, body: { totalResults: 250, Resources: all.slice(start - 1, start + 99) } }
        : { status: 200, body: NONE };
    });
    let imported: Awaited<ReturnType<typeof app.import>>;
    expect(await sent(async () => (imported = await app.import()))).toEqual([
      'GET /Users?startIndex=1&count=100',
      'GET /Users?startIndex=101&count=100',
      'GET /Users?startIndex=201&count=100',
      'GET /Groups?startIndex=1&count=100',
    ]);
    expect(imported?.users).toHaveLength(249);
  });

  it('keeps a failed task with the detail of the error until it is retried', async () => {
    let broken = true;
    const healthy = emptyServer();
    const { app, alice } = await appOf('oin', (received) =>
      broken && received.method === 'POST' ? { status: 500, body: { detail: 'out of order' } } : healthy(received),
    );
    expect(await app.users.assign(alice)).toBe(false);
    expect(app.tasks.failed).toEqual([
      { id: 1, label: 'assign alice@acme.example', status: 500, detail: 'out of order' },
    ]);
    await app.tasks.retry();
    expect(app.tasks.failed).toHaveLength(1);
    broken = false;
    await app.tasks.retry([1]);
    expect(app.tasks.failed).toEqual([]);
    expect(app.users.idOf(alice)).toBe('u1');
  });
});

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
