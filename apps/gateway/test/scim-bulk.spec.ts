import { type GroupRecord, Refusal, type UserRecord } from '@tidegate/contracts';
import { BULK_LIMITS, ScimError } from '@tidegate/scim';
import { alice, bob, eventually } from '@tidegate/testing';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import {
  type TestGateway,
  groupRecord,
  newIntegration,
  openGateway,
  type TestIntegration,
  userRecord,
} from './harness.js';

interface NewEvent {
  method: string;
  bulkId?: string;
  version?: string;
  location?: string;
  status: string;
  response?: { status: string; scimType?: string; detail: string };
}

const BULK = { schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'] };
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const ID = '018f0000-0000-7000-8000-000000000000';

const user = (bulkId: string, data: object = {}) => ({
  method: 'POST',
  path: '/Users',
  bulkId,
  data: { userName: bulkId, ...data },
});
const group = (bulkId: string, members: string[], data: object = {}) => ({
  method: 'POST',
  path: '/Groups',
  bulkId,
  data: { displayName: bulkId, members: members.map((value) => ({ value })), ...data },
});
const patch = (path: string, ...Operations: object[]) => ({ method: 'PATCH', path, data: { Operations } });
const off = { op: 'replace', value: { active: false } };
const remove = (path: string) => ({ method: 'DELETE', path });

describe('bulk requests over SCIM', () => {
  let gateway: TestGateway;
  let okta: TestIntegration;
  /** Ids of the created resources, by name. */
  const ids = new Map<string, string>();
  beforeAll(async () => {
    gateway = await openGateway({ maxWaitingCalls: 4, scimWriteSeconds: 5 });
    okta = await newIntegration(gateway);
  });
  afterAll(() => gateway.close());
  beforeEach(() => {
    ids.clear();
    gateway.transport.asked.length = 0;
    gateway.transport.handlers = {
      'users.create': ({ attributes }) => made(userRecord({ attributes }), attributes['userName']),
      'users.replace': ({ id }) => userRecord({ id, version: 2 }),
      'users.patch': ({ id }) => userRecord({ id, version: 2 }),
      'users.delete': () => ({}),
      'groups.create': ({ attributes }) => made(groupRecord({ attributes }), attributes['displayName']),
      'groups.replace': ({ id }) => groupRecord({ id, version: 2 }),
      'groups.patch': ({ id }) => groupRecord({ id, version: 2 }),
      'groups.delete': () => ({}),
    };
  });
  afterEach(() => {
    gateway.transport.gate = Promise.resolve();
  });

  function made<T extends UserRecord | GroupRecord>(record: T, name: unknown): T {
    ids.set(String(name), record.id);
    return record;
  }

  async function bulk(Operations: object[], more: object = {}): Promise<NewEvent[]> {
    const answer = await okta.scim('POST', '/Bulk', { ...BULK, Operations, ...more });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'application/scim+json']);
    const body = answer.json<{ schemas: string[]; Operations: NewEvent[] }>();
    expect(body.schemas).toEqual(['urn:ietf:params:scim:api:messages:2.0:BulkResponse']);
    return body.Operations;
  }
  const statuses = (results: NewEvent[]) => results.map(({ status }) => status);
  const asked = () => gateway.transport.asked.map(({ name }) => name);
  const location = (type: string, id: string | undefined) => `http://tidegate.example/scim/v2/${okta.id}/${type}/${id}`;
  const fail = (code: ConstructorParameters<typeof Refusal>[0]) => (): never => {
    throw new Refusal(code, 'Set by the test.');
  };

  describe('the examples of RFC 7644', () => {
    it('§3.7.1: two groups that are members of one another', async () => {
      const results = await bulk([group('qwerty', ['bulkId:ytrewq']), group('ytrewq', ['bulkId:qwerty'])]);
      const [a, b] = [ids.get('qwerty'), ids.get('ytrewq')];
      expect(results).toEqual([
        { method: 'POST', bulkId: 'qwerty', version: 'W/"1"', location: location('Groups', a), status: '201' },
        { method: 'POST', bulkId: 'ytrewq', version: 'W/"2"', location: location('Groups', b), status: '201' },
      ]);
      expect(gateway.transport.asked.map(({ name, data }) => [name, data])).toEqual([
        ['groups.create', { attributes: { displayName: 'ytrewq' } }],
        ['groups.create', { attributes: { displayName: 'qwerty', members: [{ value: b }] } }],
        ['groups.patch', { id: b, operations: [{ op: 'add', path: 'members', value: [{ value: a }] }] }],
      ]);
    });

    it('§3.7.2: a group with a member created in the same request', async () => {
      const results = await bulk([user('qwerty'), group('ytrewq', ['bulkId:qwerty'])]);
      expect(results).toMatchObject([
        { method: 'POST', bulkId: 'qwerty', location: location('Users', ids.get('qwerty')), status: '201' },
        { method: 'POST', bulkId: 'ytrewq', location: location('Groups', ids.get('ytrewq')), status: '201' },
      ]);
      expect(gateway.transport.last('groups.create').data).toMatchObject({
        attributes: { members: [{ value: ids.get('qwerty') }] },
      });
    });

    it('§3.7.2: a user with a manager created in the same request, in any order', async () => {
      const managed = user('ytrewq', { [ENTERPRISE]: { employeeNumber: '1', manager: { value: 'bulkId:qwerty' } } });
      expect(statuses(await bulk([managed, user('qwerty')]))).toEqual(['201', '201']);
      const manager = { value: ids.get('qwerty') };
      expect(gateway.transport.last('users.create').data).toMatchObject({ attributes: { [ENTERPRISE]: { manager } } });
    });

    it('§3.7.3: one operation of each method', async () => {
      const [put, patched, deleted] = [uuidv7(), uuidv7(), uuidv7()];
      const results = await bulk(
        [
          user('qwerty'),
          { method: 'PUT', path: `/Users/${put}`, version: 'W/"1"', data: bob() },
          { ...patch(`/Users/${patched}`, { op: 'remove', path: 'nickName' }), version: 'W/"1"' },
          { ...remove(`/Users/${deleted}`), version: 'W/"7"' },
        ],
        { failOnErrors: 1 },
      );
      expect(results).toEqual([
        {
          method: 'POST',
          bulkId: 'qwerty',
          version: 'W/"1"',
          location: location('Users', ids.get('qwerty')),
          status: '201',
        },
        { method: 'PUT', version: 'W/"2"', location: location('Users', put), status: '200' },
        { method: 'PATCH', version: 'W/"2"', location: location('Users', patched), status: '200' },
        { method: 'DELETE', location: location('Users', deleted), status: '204' },
      ]);
      expect(gateway.transport.asked.map(({ data }) => (data as { ifMatch?: unknown }).ifMatch)).toEqual([
        undefined,
        [1],
        [1],
        [7],
      ]);
    });

    const failing = () => {
      gateway.transport.handlers['users.create'] = fail('uniqueness');
      gateway.transport.handlers['users.replace'] = fail('preconditionFailed');
      return [
        user('qwerty'),
        { method: 'PUT', path: `/Users/${ID}`, version: 'W/"9"', data: bob() },
        remove('/Users/no-id-of-ours'),
      ];
    };

    it('§3.7.3: after failOnErrors errors, the remaining operations are neither attempted nor in the response', async () => {
      expect(statuses(await bulk(failing(), { failOnErrors: 1 }))).toEqual(['409']);
      expect(asked()).toEqual(['users.create']);
      expect(statuses(await bulk(failing(), { failOnErrors: 2 }))).toEqual(['409', '412']);
    });

    it('§3.7.3: without failOnErrors all operations run, and each failure has its error', async () => {
      const error = (status: string, scimType?: string) => ({
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status,
        ...(scimType ? { scimType } : {}),
        detail: expect.any(String) as string,
      });
      expect(await bulk([...failing(), user('also')])).toEqual([
        { method: 'POST', bulkId: 'qwerty', status: '409', response: error('409', 'uniqueness') },
        { method: 'PUT', location: location('Users', ID), status: '412', response: error('412') },
        { method: 'DELETE', location: location('Users', 'no-id-of-ours'), status: '404', response: error('404') },
        { method: 'POST', bulkId: 'also', status: '409', response: error('409', 'uniqueness') },
      ]);
    });

    it('§3.7.4: more operations than maxOperations', async () => {
      const answer = await okta.scim('POST', '/Bulk', {
        ...BULK,
        Operations: Array(1001).fill(remove(`/Users/${ID}`)),
      });
      expect([answer.statusCode, answer.json()]).toMatchObject([413, { status: '413' }]);
      expect(answer.json().detail).toContain(`maxOperations (${BULK_LIMITS.maxOperations})`);
      expect(asked()).toEqual([]);
    });

    it('§3.7.4: more bytes than maxPayloadSize', async () => {
      const body = JSON.stringify({ ...BULK, Operations: [user('a')] });
      const ofLength = (length: number) => body + ' '.repeat(length - body.length);
      const answer = await okta.scim('POST', '/Bulk', ofLength(BULK_LIMITS.maxPayloadSize + 1));
      expect([answer.statusCode, answer.json()]).toMatchObject([413, { status: '413' }]);
      expect(answer.json().detail).toContain(`maxPayloadSize (${BULK_LIMITS.maxPayloadSize})`);
      expect(asked()).toEqual([]);
      expect((await okta.scim('POST', '/Bulk', ofLength(BULK_LIMITS.maxPayloadSize))).statusCode).toBe(200);
    });
  });

  describe('references', () => {
    it('are resolved in paths, value paths and values of a PATCH', async () => {
      const results = await bulk([
        patch('/Users/bulkId:a', off),
        patch(`/Groups/${ID}`, { op: 'remove', path: 'members[value eq "bulkId:a"]' }),
        patch(`/Groups/${ID}`, { op: 'add', value: { members: [{ value: 'bulkId:a', $ref: '../Users/bulkId:a' }] } }),
        { ...remove('/Users/bulkId:a') },
        user('a'),
      ]);
      expect(statuses(results)).toEqual(['200', '200', '200', '204', '201']);
      const a = ids.get('a');
      expect(results.map((each) => each.location)).toEqual(
        [a, ID, ID, a, a].map((id, i) => location(id === ID && i > 0 ? 'Groups' : 'Users', id)),
      );
      expect(gateway.transport.asked.slice(1).map(({ data }) => data)).toEqual([
        { id: a, operations: [off] },
        { id: ID, operations: [{ op: 'remove', path: `members[value eq "${a}"]` }] },
        { id: ID, operations: [{ op: 'add', value: { members: [{ value: a, $ref: `../Users/${a}` }] } }] },
        { id: a },
      ]);
    });

    it('to an unknown bulkId are refused', async () => {
      const results = await bulk([
        group('g', ['bulkId:x']),
        { ...remove(`/Users/${ID}`), bulkId: 'x' },
        remove('/Users/bulkId:y'),
      ]);
      expect(results).toMatchObject([
        { status: '400', response: { scimType: 'invalidValue', detail: expect.stringContaining('bulkId:x') } },
        { status: '204', bulkId: 'x' },
        { status: '400', response: { scimType: 'invalidValue', detail: expect.stringContaining('bulkId:y') } },
      ]);
      expect(results[2]).not.toHaveProperty('location');
      expect(asked()).toEqual(['users.delete']);
    });

    it('to a failed create fail, and the error contains its bulkId', async () => {
      gateway.transport.handlers['users.create'] = fail('uniqueness');
      const [, failed] = await bulk([user('a'), group('g', ['bulkId:a'])]);
      expect(failed).toMatchObject({ status: '409', response: { detail: expect.stringContaining('bulkId:a') } });
      expect(failed!.response).not.toHaveProperty('scimType');
      expect(asked()).toEqual(['users.create']);
    });

    it('to a create that timed out can be retried together with it', async () => {
      gateway.transport.handlers['users.create'] = fail('deadline');
      expect(statuses(await bulk([user('a'), group('g', ['bulkId:a'])]))).toEqual(['429', '429']);
    });

    it('can be circular, between a user and its manager', async () => {
      const managed = (bulkId: string, manager: string) =>
        user(bulkId, { [ENTERPRISE]: { manager: { value: `bulkId:${manager}` } } });
      expect(statuses(await bulk([managed('alice', 'bob'), managed('bob', 'alice')]))).toEqual(['201', '201']);
      expect(gateway.transport.last('users.patch').data).toEqual({
        id: ids.get('bob'),
        operations: [{ op: 'add', path: `${ENTERPRISE}:manager`, value: { value: ids.get('alice') } }],
      });
    });

    const circle = [group('a', ['bulkId:b']), group('b', ['bulkId:a', ID])];
    const halfDone = (detail: string) => ({
      status: '409',
      location: location('Groups', ids.get('b')),
      response: { status: '409', detail: expect.stringContaining(detail) },
    });

    it('report what was applied when a circular reference cannot be resolved', async () => {
      gateway.transport.handlers['groups.patch'] = () => {
        throw new ScimError('invalidValue', 'A group cannot hold itself.');
      };
      const results = await bulk(circle);
      expect(results[0]).toMatchObject({ status: '201' });
      expect(results[1]).toMatchObject(
        halfDone('Created without the reference to bulkId:a. A group cannot hold itself.'),
      );
      gateway.transport.handlers['groups.patch'] = fail('deadline');
      expect((await bulk(circle))[1]).toMatchObject(halfDone('may still have been applied'));
    });

    it('report what was applied when the other create of a circular reference fails', async () => {
      gateway.transport.handlers['groups.create'] = ({ attributes }) =>
        attributes['displayName'] === 'a' ? fail('invalid')() : made(groupRecord({ attributes }), 'b');
      expect(await bulk(circle)).toMatchObject([
        { status: '400' },
        halfDone('bulkId:a. The referenced resource was not created.'),
      ]);
      expect(await bulk(circle, { failOnErrors: 1 })).toMatchObject([
        { status: '400' },
        halfDone('The request ended first.'),
      ]);
      expect(asked()).not.toContain('groups.patch');
    });

    it('are applied partially when only one of two can be resolved', async () => {
      gateway.transport.handlers['groups.create'] = ({ attributes }) =>
        attributes['displayName'] === 'a'
          ? fail('invalid')()
          : made(groupRecord({ attributes }), attributes['displayName']);
      const results = await bulk([
        group('a', ['bulkId:c']),
        group('c', ['bulkId:b']),
        group('b', ['bulkId:a', 'bulkId:c']),
      ]);
      expect(results[2]).toMatchObject({
        status: '409',
        version: 'W/"2"',
        response: { detail: expect.stringContaining('bulkId:a.') },
      });
      expect(gateway.transport.last('groups.patch').data).toMatchObject({
        id: ids.get('b'),
        operations: [{ value: [{ value: ids.get('c') }] }],
      });
    });

    it('are always resolved or refused, and never sent to identity', async () => {
      const names = [...'abcdef'];
      const name = fc.constantFrom(...names, 'unknown');
      const value = name.map((bulkId) => `bulkId:${bulkId}`);
      const operation = fc.oneof(
        fc.tuple(name, fc.array(value)).map(([bulkId, members]) => group(bulkId, members)),
        fc
          .tuple(name, value)
          .map(([bulkId, manager]) => user(bulkId, { [ENTERPRISE]: { manager: { value: manager } } })),
        fc
          .tuple(value, value)
          .map(([to, members]) =>
            patch(
              `/Groups/${to}`,
              { op: 'add', path: 'members', value: [{ value: members }] },
              { op: 'remove', path: `members[value eq "${members}"]` },
            ),
          ),
        value.map((to) => remove(`/Users/${to}`)),
      );
      const failures = fc.array(fc.constantFrom('groups.create', 'groups.patch', 'users.create', 'users.delete'), {
        maxLength: 2,
      });
      await fc.assert(
        fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 12 }), failures, async (operations, away) => {
          const before = { ...gateway.transport.handlers };
          for (const command of away) gateway.transport.handlers[command] = fail('invalid');
          const results = await bulk(operations);
          gateway.transport.handlers = before;
          expect(results.map(({ method }) => method)).toEqual(operations.map(({ method }) => method));
          expect(JSON.stringify(gateway.transport.asked.splice(0).map(({ data }) => data))).not.toMatch(/bulkId:/i);
          for (const { status, response } of results) expect(Number(status) >= 400).toBe(response !== undefined);
        }),
        { numRuns: 60 },
      );
    });
  });

  describe('each operation', () => {
    it.each<[string, object, boolean]>([
      ['PUT', { method: 'PUT', path: `/Users/${ID}`, data: { userName: 'erin', active: 'False' } }, true],
      ['PATCH', patch(`/Users/${ID}`, off), true],
      ['PATCH with path', patch(`/Users/${ID}`, { op: 'Replace', path: 'active', value: 'False' }), true],
      ['DELETE', remove(`/Users/${ID}`), true],
      ['DELETE of a group', remove(`/Groups/${ID}`), true],
      ['PATCH that leaves the user active', patch(`/Users/${ID}`, { op: 'replace', value: { title: 'x' } }), false],
    ])('%s has the same lane as alone, regardless of other operations', async (_, operation, urgent) => {
      const ballast = user('a', { displayName: 'x'.repeat(1000), title: 'x'.repeat(8000) });
      const many = Array.from({ length: 20 }, (_, i) => ({ ...ballast, bulkId: `a${i}` }));
      await bulk([...many, operation]);
      expect(gateway.transport.asked.map(({ asking }) => asking.urgent)).toEqual([...many.map(() => false), urgent]);
    });

    it('that deactivates is sent at full capacity; others get 429', async () => {
      let open: () => void = () => undefined;
      gateway.transport.gate = new Promise((resolve) => (open = resolve));
      const waiting = Array.from({ length: 2 }, () => okta.scim('POST', '/Users', alice()));
      await eventually(() => expect(asked()).toEqual(['users.create', 'users.create']));
      const results = bulk([user('a'), patch(`/Users/${ID}`, off)]);
      await eventually(() => expect(gateway.transport.last('users.patch').asking.urgent).toBe(true));
      open();
      expect(statuses(await results)).toEqual(['429', '200']);
      await Promise.all(waiting);
    });

    it('shares the timeout of one write, and fails when that is over', async () => {
      const now = Date.now();
      const clock = jest.spyOn(Date, 'now');
      gateway.transport.handlers['users.patch'] = ({ id }) => {
        clock.mockReturnValue(now + 60_000);
        return userRecord({ id });
      };
      try {
        const results = await bulk([patch(`/Users/${ID}`, off), user('a'), remove('/Users/bulkId:a')]);
        expect(statuses(results)).toEqual(['200', '429', '429']);
        expect(results[1]!.response!.detail).toContain('Not attempted');
      } finally {
        clock.mockRestore();
      }
      expect(asked()).toEqual(['users.patch']);
    });

    it('has the deadline of the bulk request', async () => {
      await bulk([user('a'), user('b'), remove(`/Users/${ID}`)]);
      expect(new Set(gateway.transport.asked.map(({ asking }) => asking.deadlineAt)).size).toBe(1);
      const { deadlineAt, receivedAt } = gateway.transport.asked[0]!.asking;
      expect(deadlineAt - Date.parse(receivedAt!)).toBe(5000);
    });

    it('that creates can be retried after a timeout', async () => {
      const circle = [user('x'), group('a', ['bulkId:b', 'bulkId:x']), group('b', ['bulkId:a'])];
      const create = gateway.transport.handlers['groups.create']!;
      gateway.transport.handlers['groups.create'] = fail('deadline');
      gateway.transport.handlers['users.create'] = () => userRecord({ id: ID });
      expect(statuses(await bulk(circle))).toEqual(['201', '429', '429']);
      const first = gateway.transport.last('groups.create').asking.commandId;
      gateway.transport.handlers['groups.create'] = create;
      expect(statuses(await bulk(circle))).toEqual(['201', '201', '201']);
      expect(gateway.transport.asked.filter(({ name }) => name === 'groups.create')[1]!.asking.commandId).toBe(first);
    });

    it('that fails with an internal error gets a 500 without details, and the rest runs', async () => {
      gateway.transport.handlers['users.patch'] = () => {
        throw new Error('secret');
      };
      const results = await bulk([patch(`/Users/${ID}`, off), user('a')]);
      expect(statuses(results)).toEqual(['500', '201']);
      expect(JSON.stringify(results)).not.toContain('secret');
      expect(gateway.log.some((line) => line.includes('Unhandled error'))).toBe(true);
    });
  });

  it.each<[string, number, unknown]>([
    ['no JSON', 400, '{'],
    ['a list', 400, []],
    ['no operations', 400, BULK],
    ['other schemas', 400, { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [user('a')] }],
    ['failOnErrors 0', 400, { ...BULK, failOnErrors: 0, Operations: [user('a')] }],
    ['a duplicate member', 400, `{"Operations":[{"method":"DELETE","path":"/Users/${ID}"}],"Operations":[]}`],
  ])('refuses %s as a whole', async (_, status, body) => {
    const answer = await okta.scim('POST', '/Bulk', body as object);
    expect([answer.statusCode, answer.json()]).toMatchObject([
      status,
      { status: String(status), scimType: 'invalidSyntax' },
    ]);
    expect(asked()).toEqual([]);
  });

  it('accepts only POST', async () => {
    const answer = await okta.scim('GET', '/Bulk');
    expect([answer.statusCode, answer.headers.allow]).toEqual([405, 'POST']);
  });
});
