import { type GroupOwners, Refusal } from '@tidegate/contracts';
import { v7 as uuidv7 } from 'uuid';
import { GROUP_EXAMPLES } from '../src/api/groups/examples.js';
import { SCOPE_NAMES } from '../src/callers/roles.js';
import { type Browser, ORIGIN } from './browser.js';
import { grantRecord, newIntegration, openGateway, type TestGateway, wrongFields } from './harness.js';
import { Issuer } from './issuer.js';
import { People } from './people.js';

const BEFORE = new Date(Date.now() - 11 * 60_000);

describe('owners and the end of access over the admin API', () => {
  let gateway: TestGateway;
  let issuer: Issuer;
  let here: string;
  let there: string;
  let people: People;
  let alice: Browser & { users: Record<string, string> };
  beforeAll(async () => {
    [gateway, issuer] = await Promise.all([openGateway({ publicUrl: ORIGIN }), Issuer.start()]);
    [here, there] = [(await newIntegration(gateway)).id, (await newIntegration(gateway)).id];
    people = await People.at(gateway, issuer, [here]);
    alice = await people.person({ of: [here] });
  });
  afterAll(async () => {
    await gateway.close();
    await issuer.close();
  });

  const answers = (handlers: object) => Object.assign(gateway.transport.handlers, handlers);
  const sent = (name: Parameters<TestGateway['transport']['last']>[0]) => {
    const { data, asking } = gateway.transport.last(name);
    return { data, integrationIds: asking.integrationIds, urgent: asking.urgent };
  };
  const keyWith = async (scopes: readonly string[], integrationIds?: string[]) => {
    const made = await gateway.api('POST', '/api-keys', {
      name: 'test',
      scopes,
      ...(integrationIds && { integrationIds }),
    });
    const headers = { authorization: `Bearer ${made.json<{ key: string }>().key}` };
    return (method: string, path: string, payload?: object) =>
      gateway.request(method, `/api/v1${path}`, { headers, ...(payload && { payload }) });
  };

  describe('owners of a group', () => {
    const groupId = uuidv7();
    const path = `/groups/${groupId}/owners`;
    const owners = (): GroupOwners => ({ ...GROUP_EXAMPLES.GroupOwners, integrationId: here, groupId });

    it('are named by id or userName, in the integration of the group', async () => {
      const [bob, carol] = [uuidv7(), uuidv7()];
      answers({
        'owners.get': owners,
        'owners.set': owners,
        'references.resolve': () => ({
          users: [{ name: 'carol', id: carol, integrationId: here }],
          groups: [],
          flows: [],
        }),
      });
      expect((await gateway.api('GET', path)).json()).toEqual(owners());
      const answer = await gateway.api('PUT', path, { userIds: [bob, 'carol'] });
      expect([answer.statusCode, answer.json()]).toEqual([200, owners()]);
      expect(sent('owners.set')).toMatchObject({ data: { groupId, userIds: [bob, carol] }, integrationIds: [here] });
      expect(sent('references.resolve').integrationIds).toEqual([here]);
    });

    it.each([
      ['no owners', {}],
      ['one owner outside a list', { userIds: 'bob' }],
      ['an empty name', { userIds: [''] }],
      ['a name twice', { userIds: ['bob', 'bob'] }],
      ['21 owners', { userIds: Array.from({ length: 21 }, () => uuidv7()) }],
    ])('reports the field of a body with %s', async (_, body) => {
      expect(await wrongFields(gateway, 'PUT', path, body)).toEqual(['userIds']);
    });
  });

  describe('revocation of several grants', () => {
    const reply = { revoked: 1, grants: [uuidv7()] };

    it('is bound to the integration, urgent, and has the ids of what the caller names', async () => {
      const [userId, flowId] = [uuidv7(), uuidv7()];
      answers({
        'grants.revokeMany': () => reply,
        'references.resolve': () => ({
          users: [{ name: 'alice', id: userId, integrationId: here }],
          groups: [],
          flows: [{ name: 'On call', id: flowId, integrationId: here }],
        }),
      });
      const base = { integrationId: here, reason: 'Audit' };
      for (const [body, data] of [
        [{ grantIds: reply.grants }, { grantIds: reply.grants }],
        [
          { userId: 'alice', confirm: 'alice' },
          { userId, confirm: 'alice' },
        ],
        [
          { flowId: 'On call', confirm: 'On call' },
          { flowId, confirm: 'On call' },
        ],
      ]) {
        const answer = await gateway.api('POST', '/grants/revoke', { ...base, ...body });
        expect([answer.statusCode, answer.json()]).toEqual([200, reply]);
        expect(sent('grants.revokeMany')).toEqual({ data: { ...base, ...data }, integrationIds: [here], urgent: true });
      }
    });

    it('needs exactly one of the ways to name grants', async () => {
      for (const body of [{}, { userId: uuidv7(), flowId: uuidv7() }]) {
        const answer = await gateway.api('POST', '/grants/revoke', { integrationId: here, ...body });
        expect([answer.statusCode, answer.json().detail]).toEqual([
          400,
          'Give exactly one of grantIds, userId and flowId.',
        ]);
      }
    });

    it.each([
      ['integrationId', { integrationId: undefined }],
      ['grantIds', { grantIds: [] }],
      ['grantIds', { grantIds: ['x'] }],
      ['reason', { reason: 'x'.repeat(1_001) }],
      ['confirm', { confirm: 7 }],
    ])('reports a wrong %s', async (field, wrong) => {
      const body = { integrationId: here, userId: uuidv7(), ...wrong };
      expect(await wrongFields(gateway, 'POST', '/grants/revoke', body)).toEqual([field]);
    });

    it('is 404 in an integration that the caller cannot access', async () => {
      const call = await keyWith(['access:write'], [here]);
      const answer = await call('POST', '/grants/revoke', { integrationId: there, grantIds: [uuidv7()] });
      expect(answer.statusCode).toBe(404);
    });
  });

  it('members return their own grant, with a reason or without a body', async () => {
    const grant = grantRecord({ integrationId: here, userId: alice.users[here]! });
    answers({ 'grants.get': () => grant, 'grants.revoke': () => grant });
    const path = `/grants/${grant.id}/revoke`;
    expect((await alice.api('POST', path, { reason: 'Done early' })).statusCode).toBe(200);
    expect(sent('grants.revoke')).toMatchObject({ data: { id: grant.id, reason: 'Done early' }, urgent: true });
    expect((await alice.api('POST', path)).statusCode).toBe(200);
    expect(sent('grants.revoke').data).toEqual({ id: grant.id });
    expect(await wrongFields(gateway, 'POST', path, { reason: 7 })).toEqual(['reason']);
    answers({ 'grants.get': () => ({ ...grant, userId: uuidv7() }) });
    expect((await alice.api('POST', path)).statusCode).toBe(404);
  });

  describe('panic', () => {
    const body = { liveGrants: 17, reason: 'Key leaked' };
    const result = { revoked: 17, cancelledRequests: 3 };
    const path = () => `/integrations/${here}/panic`;
    beforeAll(() =>
      answers({
        'grants.panic': () => result,
        'grants.count': () => ({ liveGrants: 17 }),
        'requests.count': () => ({ openRequests: 3 }),
      }),
    );

    it('counts first, then ends, in one integration and urgently', async () => {
      const call = await keyWith(['access:panic']);
      expect((await call('GET', path())).json()).toEqual({ liveGrants: 17, openRequests: 3 });
      const answer = await call('POST', path(), body);
      expect([answer.statusCode, answer.json()]).toEqual([200, result]);
      expect(sent('grants.panic')).toEqual({ data: body, integrationIds: [here], urgent: true });
    });

    it('says the number of live grants when the caller gives another', async () => {
      const detail = 'The number of live grants is 18, not 17.';
      answers({
        'grants.panic': () => {
          throw new Refusal('conflict', detail);
        },
      });
      const answer = await (await keyWith(['access:panic']))('POST', path(), body);
      expect([answer.statusCode, answer.json().detail]).toEqual([409, detail]);
      answers({ 'grants.panic': () => result });
    });

    it.each([
      ['liveGrants', { liveGrants: '17' }],
      ['liveGrants', { liveGrants: -1 }],
      ['liveGrants', { liveGrants: undefined }],
      ['reason', { reason: ' ' }],
      ['reason', { reason: undefined }],
    ])('reports a wrong %s', async (field, wrong) => {
      const call = await keyWith(['access:panic']);
      const answer = await call('POST', path(), { ...body, ...wrong });
      expect([answer.statusCode, answer.json().errors]).toMatchObject([400, [{ field }]]);
    });

    it('needs the scope access:panic, which no other scope, `all` and the root key include', async () => {
      const others = await keyWith(SCOPE_NAMES.filter((name) => name !== 'access:panic'));
      for (const call of [others, await keyWith(['all'])]) {
        const answer = await call('POST', path(), body);
        expect([answer.statusCode, answer.json().detail]).toEqual([
          403,
          'This requires an API key with the scope access:panic.',
        ]);
      }
      expect((await gateway.api('POST', path(), body)).statusCode).toBe(403);
    });

    it('needs an administrator with a recent login', async () => {
      const roles = (role: string) => ({ roles: [{ role, integrationIds: [here] }] });
      const recent = await people.person(roles('admin'));
      expect((await recent.api('POST', path(), body)).statusCode).toBe(200);
      const stale = await people.person(roles('admin'), BEFORE);
      const answer = await stale.api('POST', path(), body);
      expect([answer.statusCode, answer.json().type]).toEqual([401, 'urn:tidegate:problem:login-again']);
      for (const lower of [await people.person(roles('auditor')), alice])
        expect((await lower.api('POST', path(), body)).statusCode).toBe(403);
    });
  });
});
