import { Links } from '../src/auth/links.service.js';
import { Sessions } from '../src/auth/sessions.service.js';
import { Browser } from './browser.js';
import { type TestGateway, userRecord } from './harness.js';
import { CLIENT, type Issuer } from './issuer.js';

interface Wanted {
  roles?: { role: string; integrationIds?: string[] }[];
  of?: string[];
}

let count = 0;

/** Persons of one login provider, logged in without its pages. */
export class People {
  private readonly users = new Map<string, { id: string; integrationId: string; subject: string }>();

  private constructor(
    private readonly gateway: TestGateway,
    private readonly issuer: Issuer,
  ) {}

  /** @param integrationIds integrations of the provider */
  static async at(gateway: TestGateway, issuer: Issuer, integrationIds: string[]): Promise<People> {
    const people = new People(gateway, issuer);
    const made = await gateway.api('POST', '/login-providers', {
      issuer: issuer.url,
      ...CLIENT,
      label: 'Okta',
      integrationIds,
    });
    expect(made.statusCode).toBe(201);
    const record = ({ id, subject }: { id: string; subject: string }) =>
      userRecord({ id, attributes: { userName: `${subject}@example.com`, externalId: subject } });
    gateway.transport.handlers['users.list'] = ({ filter = '' }, { integrationIds: [where] }) => {
      const items = [...people.users.values()]
        .filter(({ integrationId, subject }) => integrationId === where && filter.includes(`"${subject}"`))
        .map(record);
      return { totalResults: items.length, items };
    };
    gateway.transport.handlers['users.get'] = ({ id }) => record(people.users.get(id) ?? { id, subject: 'unknown' });
    return people;
  }

  /** A person with roles, and with users in the integrations; the first one can end the roles. */
  async person({ roles = [], of = [] }: Wanted, authenticatedAt = new Date()) {
    const subject = `00u${String(++count).padStart(17, '0')}`;
    const users: Record<string, string> = {};
    for (const integrationId of of) {
      const { id } = userRecord();
      this.users.set(id, { id, integrationId, subject });
      users[integrationId] = id;
    }
    const integrationId = of[0] ?? null;
    for (const given of roles) {
      const identity = { issuer: this.issuer.url, subject, integrationId };
      const made = await this.gateway.api('POST', '/role-assignments', { ...identity, ...given });
      expect(made.statusCode).toBe(201);
    }
    const identity = { issuer: this.issuer.url, subject };
    await this.gateway.app.get(Links).sync(identity, 'test');
    const secret = await this.gateway.app.get(Sessions).open({ identity, authenticatedAt }, undefined);
    const browser = new Browser(this.gateway);
    browser.setCookie('__Host-tidegate_session', secret);
    return Object.assign(browser, { users, subject });
  }
}
