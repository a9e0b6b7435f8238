import { type Clock } from '../src/clock.js';
import { type AppInstance } from '../src/org/app-instance.js';
import { type CatalogKey } from '../src/org/catalog.js';
import { OktaOrg } from '../src/org/okta-org.js';
import { redirectUri } from '../src/org/settings.js';
import { CONNECTION, type FakeGateway, fakeGateway } from './fake-gateway.js';

/** A clock that tests control, with pauses that tests end. */
export class TestClock implements Clock {
  time = Date.parse('2026-11-26T08:00:00Z');
  /** The requested pauses, each with a function that ends it. */
  readonly pauses: { seconds: number; end: () => void }[] = [];

  now = () => this.time;
  sleep = (seconds: number) =>
    new Promise<void>((resolve) => {
      const end = () => {
        this.time += seconds * 1000;
        resolve();
      };
      this.pauses.push({ seconds, end });
    });
}

const CLIENT = { clientId: 'okta', clientSecret: 'secret', authentication: 'basic' as const };

/** Starts an organization without pages, with a fake Tidegate; both are closed after the test. */
export async function startOrg(
  closers: (() => unknown)[],
  client: Parameters<typeof fakeGateway>[0] = CLIENT,
  timeoutSeconds = 60,
) {
  const tidegate = await fakeGateway(client);
  const clock = new TestClock();
  const org = new OktaOrg({
    origin: 'https://system-admin.okta.com',
    tidegate: tidegate.url,
    clock,
    timeoutSeconds,
  });
  closers.push(() => org.close(), tidegate.close);
  const add = (name: string) =>
    org.people.create({ userName: `${name}@acme.example`, givenName: name, familyName: 'Acme' });
  return { tidegate, clock, org, add };
}

/** Adds an app with a token, enabled, with all operations. */
export async function connectApp(org: OktaOrg, tidegate: FakeGateway, key: CatalogKey = 'scim2-bearer') {
  const app = org.addApp(key);
  tidegate.tokens.add('t0k');
  edit(app, { enabled: true, baseUrl: `${tidegate.url}/scim/v2/${CONNECTION}`, token: 't0k' });
  await app.connection.save();
  app.toApp = { create: true, update: true, deactivate: true };
  tidegate.sent();
  return app;
}

/** Changes settings of Provisioning → Integration. */
export function edit(app: AppInstance, settings: Partial<AppInstance['connection']['draft']['settings']>): void {
  app.connection.edit({ ...app.connection.draft.settings, token: '', ...settings });
}

/** "Authenticate with Tidegate", with consent. */
export async function authenticate(app: AppInstance, tidegate: FakeGateway): Promise<void> {
  app.general = { ...app.general, clientId: CLIENT.clientId, clientSecret: CLIENT.clientSecret };
  tidegate.register(redirectUri(app.general));
  edit(app, { enabled: true, connectionId: CONNECTION });
  const consentPage = await fetch(app.connection.authenticate());
  const id = /name="id" value="(\w+)"/.exec(await consentPage.text())?.[1] ?? '';
  const allowed = await fetch(`${tidegate.url}/oauth/${CONNECTION}/consent`, {
    method: 'POST',
    redirect: 'manual',
    headers: { Cookie: `consent=${id}` },
    body: new URLSearchParams({ id, answer: 'allow' }),
  });
  const parameters = new URL(allowed.headers.get('location') ?? '').searchParams;
  await app.connection.completeAuthentication(parameters.get('state') ?? '', parameters);
}
