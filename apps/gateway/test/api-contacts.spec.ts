import { Refusal, type RequestRecord } from '@tidegate/contracts';
import { ORIGIN } from './browser.js';
import { isVisible, newIntegration, openGateway, openStep, requestRecord, type TestGateway } from './harness.js';
import { Issuer } from './issuer.js';
import { People } from './people.js';

type Person = Awaited<ReturnType<People['person']>>;

describe('the contacts of a request that no user can decide', () => {
  let gateway: TestGateway;
  let issuer: Issuer;
  let people: People;
  let [here, there] = ['', ''];
  let request: RequestRecord;
  let [alice, bob, carol, dan, erin]: Person[] = [];
  beforeAll(async () => {
    [gateway, issuer] = await Promise.all([openGateway({ publicUrl: ORIGIN }), Issuer.start()]);
    [here, there] = [(await newIntegration(gateway)).id, (await newIntegration(gateway)).id];
    people = await People.at(gateway, issuer, [here, there]);
    alice = await people.person({ of: [here] });
    bob = await people.person({ of: [here], roles: [{ role: 'admin', integrationIds: [here] }] });
    carol = await people.person({ of: [here] });
    dan = await people.person({ of: [there], roles: [{ role: 'admin', integrationIds: [here] }] });
    erin = await people.person({ roles: [{ role: 'admin' }] });
    const find = gateway.transport.handlers['users.get']!;
    gateway.transport.handlers['users.get'] = (data, asking) => {
      const user = find(data, asking);
      return { ...user, attributes: { ...user.attributes, displayName: `Display name of ${user.id}` } };
    };
    gateway.transport.handlers['requests.get'] = ({ id, visibleTo }, { integrationIds }) => {
      if (id !== request.id || !integrationIds.includes(request.integrationId) || !isVisible(request, visibleTo))
        throw new Refusal('missing', 'No such request.');
      return request;
    };
  });
  afterAll(async () => {
    await gateway.close();
    await issuer.close();
  });
  beforeEach(() => {
    request = undecidable(here, alice!);
  });

  const undecidable = (integrationId: string, person: Person) => {
    return requestRecord({ integrationId, userId: person.users[integrationId]!, undecidable: true });
  };
  /** @returns the contacts in the response; undefined if it has none */
  const contacts = async (caller: Pick<Person, 'api'>): Promise<object[] | undefined> => {
    const answer = await caller.api('GET', `/access-requests/${request.id}`);
    expect(answer.statusCode).toBe(200);
    return answer.json<{ contacts?: object[] }>().contacts;
  };
  const asUser = ({ users, subject }: Person) => ({
    userId: users[here],
    userName: `${subject}@example.com`,
    displayName: `Display name of ${users[here]}`,
  });
  const asSubject = ({ subject }: Person) => ({ subject });
  const keyWith = async (scopes: string[]) => {
    const { key } = (await gateway.api('POST', '/api-keys', { name: 'test', scopes })).json<{ key: string }>();
    const headers = { authorization: `Bearer ${key}` };
    return { api: (method: string, path: string) => gateway.request(method, `/api/v1${path}`, { headers }) };
  };

  it('are administrators who are users of the integration; for administrators also those whose roles they may list', async () => {
    expect(await contacts(alice!)).toEqual([asUser(bob!)]);
    expect(await contacts(bob!)).toEqual([asUser(bob!), asSubject(dan!)]);
    expect(await contacts(erin!)).toEqual([asUser(bob!), asSubject(dan!), asSubject(erin!)]);
    expect(await contacts(gateway)).toEqual([asUser(bob!), asSubject(dan!), asSubject(erin!)]);
    expect(await contacts(await keyWith(['access:read', 'roles:read']))).toHaveLength(3);
  });

  it('are looked up once for many reads', async () => {
    const lookups = () => gateway.transport.asked.filter(({ name }) => name === 'users.get').length;
    await contacts(alice!);
    const before = lookups();
    for (let reads = 0; reads < 5; reads++) await contacts(alice!);
    expect(lookups()).toBe(before);
  });

  it('are hidden from auditors and from keys that may not list roles; other members do not see the request', async () => {
    const auditor = await people.person({ roles: [{ role: 'auditor', integrationIds: [here] }] });
    expect(await contacts(auditor)).toBeUndefined();
    expect(await contacts(await keyWith(['access:read']))).toBeUndefined();
    expect((await carol!.api('GET', `/access-requests/${request.id}`)).statusCode).toBe(404);
  });

  it('are shown to the approvers of the request', async () => {
    request = { ...request, steps: [{ ...openStep(carol!.users[here]!), status: 'approved' }, openStep()] };
    expect(await contacts(carol!)).toEqual([asUser(bob!)]);
  });

  it('are not shown when a user can decide the request', async () => {
    request = { ...request, undecidable: false };
    for (const caller of [alice!, bob!, gateway]) expect(await contacts(caller)).toBeUndefined();
  });

  it('are empty when the integration has no administrator whom the caller may know', async () => {
    request = undecidable(there, dan!);
    expect(await contacts(dan!)).toEqual([]);
  });

  it('are at most ten', async () => {
    for (let count = 0; count < 10; count++)
      await people.person({ of: [here], roles: [{ role: 'admin', integrationIds: [here] }] });
    expect(await contacts(alice!)).toHaveLength(10);
  });
});
