import { eventually } from '@tidegate/testing';
import { newIntegration, type TestIntegration } from '../apps/gateway/test/harness.js';
import { type Directory, openDirectory } from './directory.js';

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

interface OperationResult {
  status: string;
  location: string;
  version: string;
  response?: { detail: string };
}

describe('bulk requests with the real directory', () => {
  let directory: Directory;
  let okta: TestIntegration;

  beforeAll(async () => {
    directory = await openDirectory();
    okta = await newIntegration(directory.gateway);
  });
  afterAll(() => directory?.close());

  async function bulk(...Operations: object[]): Promise<OperationResult[]> {
    const answer = await okta.scim('POST', '/Bulk', { Operations });
    expect(answer.statusCode).toBe(200);
    return answer.json<{ Operations: OperationResult[] }>().Operations;
  }
  const create = (path: string, bulkId: string, data: object) => ({ method: 'POST', path, bulkId, data });
  const idOf = ({ location }: OperationResult) => location.slice(location.lastIndexOf('/') + 1);
  const get = async ({ location }: OperationResult) => {
    const answer = await okta.scim('GET', location.slice(location.indexOf(okta.id) + okta.id.length));
    return answer.json<Record<string, unknown> & { meta: { version?: string } }>();
  };

  it('RFC 7644 §3.7.1: two groups are members of one another', async () => {
    const group = (bulkId: string, member: string) =>
      create('/Groups', bulkId, { displayName: bulkId, members: [{ type: 'Group', value: `bulkId:${member}` }] });
    const [a, b] = (await bulk(group('qwerty', 'ytrewq'), group('ytrewq', 'qwerty'))) as [
      OperationResult,
      OperationResult,
    ];
    expect([a, b]).toMatchObject([{ status: '201' }, { status: '201' }]);
    expect(await get(a)).toMatchObject({ displayName: 'qwerty', members: [{ value: idOf(b), type: 'Group' }] });
    expect(await get(b)).toMatchObject({ displayName: 'ytrewq', members: [{ value: idOf(a), type: 'Group' }] });
    expect((await get(b)).meta.version ?? b.version).toBe(b.version);
  });

  it('RFC 7644 §3.7.2: a group has a user and the user a manager from the same request', async () => {
    const managed = (bulkId: string, manager: string) =>
      create('/Users', bulkId, {
        userName: `${bulkId}.of.a.circle`,
        [ENTERPRISE]: { manager: { value: `bulkId:${manager}` } },
      });
    const [team, alice, bob] = (await bulk(
      create('/Groups', 'team', { displayName: 'Team', members: [{ value: 'bulkId:alice' }, { value: 'bulkId:bob' }] }),
      managed('alice', 'bob'),
      managed('bob', 'alice'),
    )) as [OperationResult, OperationResult, OperationResult];
    expect([team, alice, bob].map(({ status }) => status)).toEqual(['201', '201', '201']);
    expect(await get(alice)).toMatchObject({ [ENTERPRISE]: { manager: { value: idOf(bob) } } });
    expect(await get(bob)).toMatchObject({ [ENTERPRISE]: { manager: { value: idOf(alice) } } });
    const { members } = (await get(team)) as unknown as { members: { value: string }[] };
    expect(new Set(members.map(({ value }) => value))).toEqual(new Set([idOf(alice), idOf(bob)]));
  });

  it('RFC 7644 §3.14: an operation with an old version changes nothing', async () => {
    const [erin] = (await bulk(create('/Users', 'erin', { userName: 'erin.of.a.version' }))) as [OperationResult];
    const path = `/Users/${idOf(erin)}`;
    const title = (value: string) => ({ Operations: [{ op: 'replace', path: 'title', value }] });
    const results = await bulk(
      { method: 'PATCH', path, version: erin.version, data: title('first') },
      { method: 'PATCH', path, version: erin.version, data: title('second') },
      { method: 'DELETE', path, version: erin.version },
    );
    expect(results.map(({ status }) => status)).toEqual(['200', '412', '412']);
    expect(await get(erin)).toMatchObject({ title: 'first' });
  });

  const off = [{ op: 'replace', value: { active: false } }];
  it.each<[string, object, string]>([
    ['PUT', { method: 'PUT', data: { userName: 'erin', active: false } }, 'user.deactivated'],
    ['PUT with "False"', { method: 'PUT', data: { userName: 'erin', active: 'False' } }, 'user.deactivated'],
    ['PATCH without path', { method: 'PATCH', data: { Operations: off } }, 'user.deactivated'],
    [
      'PATCH with path',
      { method: 'PATCH', data: { Operations: [{ op: 'Replace', path: 'active', value: 'False' }] } },
      'user.deactivated',
    ],
    ['DELETE', { method: 'DELETE' }, 'user.deleted'],
  ])('a deactivation by %s in a bulk request publishes one event and counts once', async (_, operation, name) => {
    const [made, gone] = (await bulk(create('/Users', 'erin', { userName: 'erin' }), {
      ...operation,
      path: '/Users/bulkId:erin',
    })) as [OperationResult, OperationResult];
    expect(gone.location).toBe(made.location);
    const subject = idOf(made);
    await eventually(() =>
      expect(
        directory.events
          .filter((event) => event.subject === subject && event.name !== 'user.profile.changed')
          .map((event) => event.name)
          .sort(), // the two have different lanes
      ).toEqual(['user.created', name]),
    );
    expect(directory.events.find((event) => event.subject === subject && event.name === name)).toMatchObject({
      data: { userId: subject, active: false, deactivations: 1, deleted: name === 'user.deleted' },
    });
    await bulk({ method: 'DELETE', path: `/Users/${subject}` });
  });
});
