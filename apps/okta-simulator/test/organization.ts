import { type Clock } from '../src/clock.js';
import { type AppInstance } from '../src/org/app-instance.js';
import { type CatalogKey } from '../src/org/catalog.js';
import { OktaOrg } from '../src/org/okta-org.js';
import { redirectUri } from '../src/org/settings.js';
import { CONNECTION, type PretendGateway, pretendGateway } from './pretend-gateway.js';

/** A clock that tests move; a pause ends when the test says so. */
export class TestClock implements Clock {
  time = Date.parse('2026-11-26T08:00:00Z');
  /** Seconds of the pauses that were asked for, and what ends each. */
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

/** An organization in front of a pretended Tidegate, without pages; both are gone after the test. */
export async function orgBefore(
  closers: (() => unknown)[],
  client: Parameters<typeof pretendGateway>[0] = CLIENT,
  timeoutSeconds = 60,
) {
  const tidegate = await pretendGateway(client);
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

/** An app with a pasted token, enabled, all switches on. */
export async function connected(org: OktaOrg, tidegate: PretendGateway, key: CatalogKey = 'scim2-bearer') {
  const app = org.addApp(key);
  tidegate.tokens.add('t0k');
  edit(app, { enabled: true, baseUrl: `${tidegate.url}/scim/v2/${CONNECTION}`, token: 't0k' });
  await app.connection.save();
  app.toApp = { create: true, update: true, deactivate: true };
  tidegate.sent();
  return app;
}

/** Fills in the form of Provisioning → Integration. */
export function edit(app: AppInstance, settings: Partial<AppInstance['connection']['draft']['settings']>): void {
  app.connection.edit({ ...app.connection.draft.settings, token: '', ...settings });
}

/** "Authenticate with Tidegate", with an administrator who consents. */
export async function authenticate(app: AppInstance, tidegate: PretendGateway): Promise<void> {
  app.general = { ...app.general, clientId: CLIENT.clientId, clientSecret: CLIENT.clientSecret };
  tidegate.register(redirectUri(app.general));
  edit(app, { enabled: true, connectionId: CONNECTION });
  const asked = await fetch(app.connection.authenticate());
  const id = /name="id" value="(\w+)"/.exec(await asked.text())?.[1] ?? '';
  const allowed = await fetch(`${tidegate.url}/oauth/${CONNECTION}/consent`, {
    method: 'POST',
    redirect: 'manual',
    headers: { Cookie: `consent=${id}` },
    body: new URLSearchParams({ id, answer: 'allow' }),
  });
  const answer = new URL(allowed.headers.get('location') ?? '').searchParams;
  await app.connection.authenticated(answer.get('state') ?? '', answer);
}
