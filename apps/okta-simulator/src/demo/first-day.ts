import { randomBytes } from 'node:crypto';
import { OktaApp } from '../app.js';
import { Organization } from '../organization.js';
import { ScimClient } from '../scim-client.js';
import { AdminApi } from './admin-api.js';
import { accessFlows, granting, shortGrant } from './access.chapter.js';
import { type Day } from './day.js';
import { departures, expiry, type Revocation, returns } from './departure.chapter.js';
import { groups } from './groups.chapter.js';
import { connection, people } from './people.chapter.js';
import { Story, StoryBroken, type StoryRow } from './story.js';

export interface FirstDayOptions {
  /** Of the gateway: `http://127.0.0.1:3000`. */
  baseUrl: string;
  apiKey: string;
  /** Receives one line for each step. */
  print: (line: string) => void;
  /** How long the grant lives that expires by itself. */
  shortGrantSeconds?: number;
  /** How long a step waits for what it expects before it counts as not so. */
  patienceSeconds?: number;
}

export interface FirstDay {
  /** Whether every step found what it expected. */
  ok: boolean;
  rows: StoryRow[];
  /** How fast the grants of those who were deactivated ended. */
  revocations: Revocation[];
}

/**
 * Plays the first day of an organization against a running Tidegate, over HTTP alone: provisioning by Okta, borrowing,
 * two deactivations, an expiry. Makes an integration of its own, so that it can be played against the same system again.
 *
 * @returns what happened; a step that could not be done is the last row
 */
export async function playFirstDay(options: FirstDayOptions): Promise<FirstDay> {
  const { apiKey, print, shortGrantSeconds = 60, patienceSeconds = 60 } = options;
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const story = new Story(print);
  const clients: ScimClient[] = [];
  let revocations: Revocation[] = [];
  try {
    const api = new AdminApi(baseUrl, apiKey);
    const { id, token } = await integrate(story, api);
    const connect = (kind: 'oin' | 'aiw') => {
      const client = new ScimClient({ baseUrl: `${baseUrl}/scim/v2/${id}`, token });
      clients.push(client);
      return new OktaApp(kind, client);
    };
    const day: Day = {
      story,
      api,
      integrationId: id,
      organization: new Organization(),
      catalog: connect('oin'),
      wizard: connect('aiw'),
      patienceSeconds,
    };
    await connection(day);
    await people(day);
    await groups(day);
    const flows = await accessFlows(day);
    await shortGrant(day, flows, shortGrantSeconds);
    await granting(day, flows);
    revocations = await departures(day);
    await returns(day);
    await expiry(day, shortGrantSeconds);
  } catch (error) {
    if (!(error instanceof StoryBroken)) throw error;
    print(error.message);
  } finally {
    for (const client of clients) client.close();
  }
  return { ok: story.rows.every((row) => row.ok), rows: story.rows, revocations };
}

async function integrate(story: Story, api: AdminApi): Promise<{ id: string; token: string }> {
  const { id } = await story.step(
    'an administrator adds the Okta integration',
    'initializing',
    // Names are unique, and the day may be played against one system more than once.
    () => api.createIntegration(`Acme ${randomBytes(4).toString('hex')}`, 'acme.okta.com'),
    (integration) => integration.status,
  );
  const { token } = await story.step(
    'and makes a token for Okta',
    'a token',
    () => api.createToken(id),
    (made) => (typeof made.token === 'string' && made.token !== '' ? 'a token' : 'no token'),
  );
  return { id, token };
}
