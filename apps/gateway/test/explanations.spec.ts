import { type Actor, type CommandName } from '@tidegate/contracts';
import { v7 as uuidv7 } from 'uuid';
import { EXPLAIN_EXAMPLES } from '../src/api/explain/examples.js';
import { FLOW_EXAMPLES } from '../src/api/flows/examples.js';
import { REQUEST_EXAMPLES } from '../src/api/requests/examples.js';
import { ORIGIN } from './browser.js';
import { newIntegration, openGateway, requestRecord, type TestGateway, wrongFields } from './harness.js';
import { Issuer } from './issuer.js';
import { People } from './people.js';

type Person = Awaited<ReturnType<People['person']>>;

describe('versions, timelines and explanations', () => {
  let gateway: TestGateway;
  let issuer: Issuer;
  let [here, there] = ['', ''];
  let [alice, dan]: Person[] = [];
  beforeAll(async () => {
    [gateway, issuer] = await Promise.all([openGateway({ publicUrl: ORIGIN }), Issuer.start()]);
    [here, there] = [(await newIntegration(gateway)).id, (await newIntegration(gateway)).id];
    const people = await People.at(gateway, issuer, [here, there]);
    alice = await people.person({ of: [here] });
    dan = await people.person({ of: [here], roles: [{ role: 'admin', integrationIds: [here] }] });
  });
  afterAll(() => Promise.all([gateway.close(), issuer.close()]));

  const last = (name: CommandName) => gateway.transport.last(name).data;
  const savedBy: Actor = { kind: 'person', issuer: 'https://acme.okta.com', subject: 'dan' };

  describe('versions', () => {
    it('are listed and read with the version as a number', async () => {
      const { FlowVersionRecord: record, FlowVersionSettings: settings } = FLOW_EXAMPLES;
      gateway.transport.handlers['flows.versions'] = () => ({ items: [record], nextCursor: '2' });
      gateway.transport.handlers['flows.version'] = () => settings;
      const id = uuidv7();
      expect((await gateway.api('GET', `/access-flows/${id}/versions?limit=1&cursor=3`)).json()).toEqual({
        items: [record],
        nextCursor: '2',
      });
      expect(last('flows.versions')).toEqual({ id, limit: 1, cursor: '3' });
      expect((await gateway.api('GET', `/access-flows/${id}/versions/2`)).json()).toEqual(settings);
      expect(last('flows.version')).toEqual({ id, version: 2 });
    });

    it.each(['0', '-1', 'x', '1.5', '01', '99999999999'])(
      'version %s is missing, and never asked for',
      async (version) => {
        const before = gateway.transport.asked.length;
        expect((await gateway.api('GET', `/access-flows/${uuidv7()}/versions/${version}`)).statusCode).toBe(404);
        expect(gateway.transport.asked).toHaveLength(before);
      },
    );

    it('are not for members', async () => {
      for (const path of ['', '/1'])
        expect((await alice!.api('GET', `/access-flows/${uuidv7()}/versions${path}`)).statusCode).toBe(403);
    });
  });

  describe('timelines and comments', () => {
    const open = () => {
      const request = requestRecord({ integrationId: here, userId: alice!.users[here]! });
      gateway.transport.handlers['requests.get'] = () => request;
      const entry = { ...REQUEST_EXAMPLES.TimelineEntry, actor: savedBy };
      gateway.transport.handlers['requests.timeline'] = () => ({ items: [entry] });
      gateway.transport.handlers['requests.comment'] = () => entry;
      return { path: `/access-requests/${request.id}`, id: request.id, entry };
    };

    it('a member is bound to what it sees, and sees actors without their logins', async () => {
      const { path, id, entry } = open();
      const visibleTo = [{ integrationId: here, userId: alice!.users[here] }];
      const shown = { ...entry, actor: { kind: 'person' } };
      expect((await alice!.api('GET', `${path}/timeline`)).json()).toEqual({ items: [shown] });
      expect(last('requests.timeline')).toEqual({ id, visibleTo });
      const answer = await alice!.api('POST', `${path}/comments`, { text: ' Why? ' });
      expect([answer.statusCode, answer.json()]).toEqual([201, shown]);
      expect(last('requests.comment')).toEqual({ id, visibleTo, text: 'Why?' });
      expect(gateway.transport.last('requests.comment').asking).toMatchObject({
        integrationIds: [here],
        context: { actor: { kind: 'person', userId: alice!.users[here] } },
      });
    });

    it('an administrator is not bound, and sees the whole actor', async () => {
      const { path, id, entry } = open();
      expect((await dan!.api('GET', `${path}/timeline`)).json()).toEqual({ items: [entry] });
      expect(last('requests.timeline')).toEqual({ id });
      expect((await dan!.api('POST', `${path}/comments`, { text: 'Fine.' })).json()).toEqual(entry);
    });

    it.each([{}, { text: '' }, { text: ' ' }, { text: 'x'.repeat(1001) }, { text: 7 }])('refuses %j', async (body) => {
      const { path } = open();
      expect(await wrongFields(gateway, 'POST', `${path}/comments`, body)).toEqual(['text']);
    });
  });

  describe('reasons of approvers', () => {
    const get = async (by: Person | undefined, status: 'pending' | 'denied') => {
      const request = requestRecord({ integrationId: here, status });
      gateway.transport.handlers['requests.get'] = () => request;
      gateway.transport.handlers['requests.reasons'] = ({ userId }) => ({ reasons: [`It is ${userId}.`] });
      const path = `/access-requests/${request.id}`;
      return (await (by ? by.api('GET', path) : gateway.api('GET', path))).json<{ yourReasons?: string[] }>();
    };

    it('are those of the own user, while the request is pending', async () => {
      expect((await get(alice, 'pending')).yourReasons).toEqual([`It is ${alice!.users[here]}.`]);
      expect(await get(alice, 'denied')).not.toHaveProperty('yourReasons');
      expect(await get(undefined, 'pending')).not.toHaveProperty('yourReasons');
    });

    it('are asked for as an administrator only by administrators', async () => {
      await get(alice, 'pending');
      expect(last('requests.reasons')).toEqual({ id: expect.any(String), userId: alice!.users[here] });
      await get(dan, 'pending');
      expect(last('requests.reasons')).toMatchObject({ userId: dan!.users[here], asAdministrator: true });
    });
  });

  describe('explanations', () => {
    const { AccessExplanation: reply } = EXPLAIN_EXAMPLES;
    const groupId = uuidv7();
    beforeEach(() => {
      gateway.transport.handlers['access.explain'] = () => reply;
    });
    const explain = (by: Person, body: object) => by.api('POST', '/access/explain', body);

    it('a member asks about itself only', async () => {
      const answer = await explain(alice!, { integrationId: here, groupId });
      expect([answer.statusCode, answer.json()]).toEqual([200, reply]);
      const own = { integrationId: here, groupId, userId: alice!.users[here], asMember: true };
      expect(last('access.explain')).toEqual(own);
      expect((await explain(alice!, { integrationId: here, groupId, userId: alice!.users[here] })).statusCode).toBe(
        200,
      );
      expect(last('access.explain')).toEqual(own);
      expect((await explain(alice!, { integrationId: here, groupId, userId: uuidv7() })).statusCode).toBe(403);
      expect((await explain(alice!, { integrationId: there, groupId })).statusCode).toBe(404);
      expect((await explain(alice!, { integrationId: here, groupId, asMember: false })).statusCode).toBe(400);
    });

    it('an administrator asks about anyone, or in general, in its integrations', async () => {
      const userId = uuidv7();
      expect((await explain(dan!, { integrationId: here, groupId, userId })).statusCode).toBe(200);
      expect(last('access.explain')).toEqual({ integrationId: here, groupId, userId });
      expect((await explain(dan!, { integrationId: here, groupId })).statusCode).toBe(200);
      expect(last('access.explain')).toEqual({ integrationId: here, groupId });
      expect((await explain(dan!, { integrationId: there, groupId })).statusCode).toBe(404);
    });

    it('names are looked up in the integration', async () => {
      gateway.transport.handlers['references.resolve'] = ({ groupNames = [], userNames = [] }, { integrationIds }) => {
        const found = (names: string[], id: string) =>
          names.map((name) => ({ name, id, integrationId: integrationIds[0]! }));
        return { users: found(userNames, alice!.users[here]!), groups: found(groupNames, groupId), flows: [] };
      };
      await explain(dan!, { integrationId: here, groupId: 'Deploy', userId: 'alice' });
      expect(last('access.explain')).toEqual({ integrationId: here, groupId, userId: alice!.users[here] });
    });

    it('wrong fields are named', async () => {
      expect(await wrongFields(gateway, 'POST', '/access/explain', {})).toEqual(['groupId', 'integrationId']);
    });
  });
});
